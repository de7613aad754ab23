"""Reviews: the frozen facts of a journey for one participation, and their PDF."""
