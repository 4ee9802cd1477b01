"""Calls as facts, the trunks they leave by, and the robot that speaks in them."""
