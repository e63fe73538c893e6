"""The composition root: the rooms put together, and the life of one process."""
