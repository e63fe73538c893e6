"""What holds in Kazakhstan and nowhere else: facts of the country, imported by name and by no
other place told again. It imports nothing of ours.

Another country is another package of this form. What is one operator's, its profile says; how a
language writes figures and counts, `account.values.languages` and `documents.text` know.
"""
