"""What the product remembers: tables, stores and migrations. Imports `account` only."""
