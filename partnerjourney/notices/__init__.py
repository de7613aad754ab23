"""Who answers for an organisation, and what mail its people get about what waits: read jobs.py."""
