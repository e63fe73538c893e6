"""Papers that order themselves each month: the list, one of them, and what is said of them."""
