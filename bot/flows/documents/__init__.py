"""Documents and reports (S27)."""
