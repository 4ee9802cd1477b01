"""Tasks: long work with progress, done by call nodes and survived by them."""
