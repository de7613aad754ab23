"""What an organisation says in several journeys, kept once: read rules.py first."""
