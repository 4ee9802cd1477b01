"""Recordings (录音) of calls: where they lie, their fingerprints, and who may hear them."""
