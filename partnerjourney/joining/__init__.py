"""Joining: an invited party reads what the coordinator wrote of it, joins, and confirms it."""
