"""Core: what every feature may use, and no Flask. Read db, parties, border, policy, in that order."""
