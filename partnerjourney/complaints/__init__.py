"""Complaints: what a customer reports, shared at once with those it concerns; see rules first."""
