"""Activated and available services of a number (S11, S12)."""
