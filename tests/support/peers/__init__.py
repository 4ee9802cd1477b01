"""Phones, carriers and networks that this project did not write, driven by its tests."""
