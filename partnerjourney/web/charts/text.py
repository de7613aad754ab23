"""Measuring texts for charts: the same functions as everywhere else on the server."""

from __future__ import annotations

from partnerjourney.core.text_width import fit, text_width, wrap

__all__ = ["fit", "text_width", "wrap"]
