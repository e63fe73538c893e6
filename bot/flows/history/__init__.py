"""Actions history (S29)."""
