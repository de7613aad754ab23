"""Verbs on a journey as a whole: into a file and out of one."""

from __future__ import annotations

from partnerjourney.maps.services.exporting import export_journey
from partnerjourney.maps.services.importing import DocumentError, import_journey

__all__ = ["DocumentError", "export_journey", "import_journey"]
