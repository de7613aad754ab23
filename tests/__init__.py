"""The tests, one folder for each feature, and what they share."""
