"""Signed callbacks to integrators: endpoints, deliveries, their log."""
