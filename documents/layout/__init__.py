"""What documents are made of: header, blocks, cells, and the house style."""
