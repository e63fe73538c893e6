"""The few pages this process serves."""
