"""Claim, gate, reserve: the only way from a notification to a call."""
