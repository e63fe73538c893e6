"""Entries that are no window: commands, a number typed anywhere, buttons of final words."""
