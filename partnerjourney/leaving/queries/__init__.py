"""What an organisation keeps of a journey, what is open before it leaves, and who was apart."""

from __future__ import annotations
