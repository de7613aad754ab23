"""Home: what waits for an organisation, over all its journeys."""
