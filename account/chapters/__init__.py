"""The chapters of the guide, one module or folder each, by the same name in every room."""
