"""Exports: lists and reports as Excel files, made as tasks with progress; any slice offers its own."""
