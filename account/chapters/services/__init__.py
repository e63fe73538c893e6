"""The services of a number: what is on offer, and switching it on and off (S11, S12)."""
