"""Defects planted in a copy of the program: the lab must catch each of them."""
