"""Configuration from the environment: what there is, its bounds, and what is unwise."""
