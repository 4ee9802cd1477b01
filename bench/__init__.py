"""Figures of the product, measured beside real peers in the same run."""
