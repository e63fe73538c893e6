"""One module per document: which rows, which columns, which sums."""
