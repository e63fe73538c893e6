"""Blocks become files: workbooks, PDF and charts, in recycled child processes."""
