"""Logging in, and the first or forgotten password (S01, S02)."""
