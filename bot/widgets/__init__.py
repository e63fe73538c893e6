"""Pieces of windows that every chapter uses."""
