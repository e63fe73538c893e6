"""The question before any change, its one-time code, and the wait after it (G-6 to G-10)."""
