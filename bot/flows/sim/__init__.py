"""A number's SIM card and the device last seen with it (S08), and its replacement (S16)."""
