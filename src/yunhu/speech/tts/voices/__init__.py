"""Style vectors of the voices, as package data."""
