"""The demo: a fictitious story, told once into a database of its own. Read story.py first."""

from __future__ import annotations
