"""Balance transfer from one number of the company to another (S37)."""
