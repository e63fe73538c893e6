"""Alerts: the rules of a person, and what is said of what they bring."""
