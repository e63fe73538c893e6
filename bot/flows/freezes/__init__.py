"""“It was not me”: the button, the link, and what is said about them (`account.changes`)."""
