"""Notices of maintenance, fault reports (障碍申报) and support visits: what the parties owe each other besides calls."""
