"""Questions and answers (S38)."""
