"""One store per thing that is kept; each port of the core has its own."""
