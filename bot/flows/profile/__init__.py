"""The administrator's own page (S03)."""
