"""The company's numbers: list, search, filter, and the card of one (S05 to S07)."""
