"""Metering, quotas, the ledger, statements and reconciliation."""
