"""The peers: the smallest bots of their kind, each a process of its own."""
