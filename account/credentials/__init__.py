"""How somebody proves who they are: passwords and one-time codes."""
