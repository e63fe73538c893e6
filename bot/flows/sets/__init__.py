"""Many numbers at once: the list, what to do with it, its preview, and how it goes."""
