"""Files for people: rows in, XLSX, PDF and PNG out, as a stream. Imports `account` only."""
