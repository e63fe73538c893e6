"""A backup that was put back: generations of the database, and the witness beside the key."""
