"""Labels and cost centres of the whole company."""
