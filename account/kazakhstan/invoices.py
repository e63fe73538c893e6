"""Electronic invoices (ESF) by the number that the state's register gives them (T6, 7.5)."""

REGISTRATION_NUMBER = r"ESF-[0-9]{12}-[0-9]{8}-[0-9]{8}"
"""`ESF-`, the seller's BIN, the date yyyymmdd, 8 digits: 34 characters."""
BIN_PART = slice(4, 16)
DAY_PART = slice(17, 25)
