"""The overview of a journey and its silo check. Read touchpoints/rules/silo.py, then rules.py."""
