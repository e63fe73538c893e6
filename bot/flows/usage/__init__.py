"""Usage details of a number, on screen and as a file (S13)."""
