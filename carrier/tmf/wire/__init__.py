"""What the operator's answers look like: a struct for each resource of TM Forum's, and its values.

A struct names the members that are read, and no others: the contract at a glance. A member whose
writing differs between operators (an amount, a moment, a yes or no) is `Any` there and read by
`values`; the library's own amounts and times take what is none ("1_000", Arabic digits) and round
what must be cut (the seventh digit of a second).
"""
