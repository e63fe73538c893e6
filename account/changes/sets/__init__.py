"""Many numbers at once: one confirmation for a list, and an ordinary change for each number.

Nothing new ever happens to a number. A set decides who confirmed which changes and when each of
them starts; each then lives through its own life (`account.changes.confirmation`) with every
promise of it. The set adds up what became of them and has the one final word.
"""
