"""What was promised against what happened."""
