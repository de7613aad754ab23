"""Journeys: a journey, its phases and parties, its file form. Read rules.py, then services.py."""
