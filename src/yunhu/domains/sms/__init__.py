"""Short messages as facts, and the accounts they leave by."""
