"""Web: what knows Flask and is no feature. Read session.py, identity.py and pages.py first."""
