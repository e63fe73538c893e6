"""What must not be readable at rest: sealing, keys, and their change under a running bot."""
