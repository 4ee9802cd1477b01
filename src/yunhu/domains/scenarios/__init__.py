"""Scenarios over HTTP: what a hall wants to happen to its visitors, with versions, within what was filed."""
