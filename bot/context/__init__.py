"""What a handler has at hand: who it is, the use cases, the names of the windows."""
