"""Words that belong to no chapter: errors, failures, facts; and the catalogues of languages."""
