"""Audit (审计): who did what, who looked at what, in chains that nobody can alter unnoticed; tenants' grants."""
