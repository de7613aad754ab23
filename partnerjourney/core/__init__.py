"""Core: what every feature may use, without Flask. Read db, parties, border, policy first."""
