"""Surveys: questions, measuring periods, invitations and answers. Read rules.py first."""
