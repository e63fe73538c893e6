"""Who somebody is to the operator, in which session, and what they may do."""
