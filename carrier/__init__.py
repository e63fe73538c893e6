"""The operator's systems, behind the `Carrier` port of the core. Imports `account` only."""
