"""Call forwarding of a number (S20)."""
