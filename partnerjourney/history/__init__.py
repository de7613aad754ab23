"""History: who did what in a journey, told in each circle to those who share it."""
