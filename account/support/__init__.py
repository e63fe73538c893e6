"""What the operator's support desk decides: changes nobody can tell of, updates set aside."""
