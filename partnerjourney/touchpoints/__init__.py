"""Touchpoints and steps: what happens in a journey, and which party owns it."""
