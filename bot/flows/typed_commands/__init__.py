"""Commands that are typed outside of any question: they lead to the usual windows, filled in."""
