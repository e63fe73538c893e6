"""The operator's TM Forum APIs, one module per resource, and what all of them share."""
