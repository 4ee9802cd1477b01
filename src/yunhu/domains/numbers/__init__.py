"""Caller numbers (外显号码): allocation, rotation, limits."""
