"""Hand-overs: one party passes the customer or the goods to another. Read rules.py first."""
