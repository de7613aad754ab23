"""Versions of a journey: put forward, agreed by the parties that a change touches, in use.

A version is a snapshot of what every party of the journey sees, and never altered. Read
docs/decisions/0029-versions.md, then `rules`, then `services`.
"""
