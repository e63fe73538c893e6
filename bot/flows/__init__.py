"""Conversations as windows, one folder per chapter: windows, getters, handlers."""
