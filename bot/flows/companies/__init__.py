"""The choice of a company (S04)."""
