"""Events: what happened to a case at a hand-over, and whether it was late. Read rules.py first."""
