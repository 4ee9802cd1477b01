"""Content screening: forbidden words and marketing in texts, links and numbers in variables (row C7)."""
