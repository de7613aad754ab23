"""Scores, margins and verdicts on what customers answered."""
