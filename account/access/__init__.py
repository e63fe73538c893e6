"""Who may see and do what: login, sessions, rights, codes, and whose accounts are known."""
