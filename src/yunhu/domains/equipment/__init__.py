"""Trunks and SMSC accounts for the operator: settings, secrets that only go in, tests that really test."""
