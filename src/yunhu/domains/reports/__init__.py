"""Reports: figures of calls, notifications and messages, kept by the database as they come; the overview."""
