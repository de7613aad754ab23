"""A group's page for the coordinator: its members side by side, by name, never by score.

Members see only themselves, on the pages that everybody has; this one is not theirs.
"""
