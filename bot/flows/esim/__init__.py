"""The eSIM of a number: ordering one in place of a card, and its activation code (ES-1 to ES-4)."""
