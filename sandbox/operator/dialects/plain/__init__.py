"""`plain`: an operator by the standard's own forms, and by nobody's profile but its own."""
