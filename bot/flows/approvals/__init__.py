"""The second administrator's word on what takes over a login number (safety.md section 2)."""
