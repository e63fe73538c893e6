"""The bans of a number: what its employee may not do (S17 to S19)."""
