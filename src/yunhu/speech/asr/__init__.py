"""Ears: what was heard, and whether it was what should have been said."""
