"""Files for people: rows in, XLSX (later PDF and PNG) out, as a stream. Imports `account` only."""
