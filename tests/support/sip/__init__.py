"""A hand-moved timer, a wire that is a list, and a scripted peer for SIP tests."""
