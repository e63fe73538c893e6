"""A word before the money is gone: rules of a person, looked at by pages of the company (AL-1)."""
