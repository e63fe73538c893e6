"""The employee mode: one number, read only, behind a secret code (S14)."""
