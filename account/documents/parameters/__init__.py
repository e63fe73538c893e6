"""What documents are asked about, by the shape of the question."""
