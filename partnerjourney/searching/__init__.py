"""Finding what stands in journeys: phases, parties, cards, hand-overs; only what one may see."""
