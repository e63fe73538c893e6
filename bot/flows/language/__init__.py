"""The choice of a language (G-1)."""
