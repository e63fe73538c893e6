"""Changes that are confirmed now and begin later: the time, the list, and what is said of them."""
