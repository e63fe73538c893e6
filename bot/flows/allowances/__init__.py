"""What is left of a number's allowances (S09, S10)."""
