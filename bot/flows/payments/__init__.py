"""Payments of a number (S26)."""
