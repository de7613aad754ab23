"""What each format can say of a journey, and what becomes of it here."""
