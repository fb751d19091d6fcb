"""Signals and levels for one day, or for many days in one pass."""
