"""Voices, and what makes their audio fit for a telephone line."""
