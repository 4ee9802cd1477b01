"""Complaints (投诉): where they came from, whom they concern, until when they are answered, what they stop."""
