"""The operator in the forms of TM Forum's v5, as far as they are published."""
