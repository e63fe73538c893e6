"""Blocking and unblocking a number (S15)."""
