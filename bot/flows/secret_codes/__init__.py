"""The secret code of a number: sent, its state, deleted (S14)."""
