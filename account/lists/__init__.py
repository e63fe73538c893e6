"""Lists of numbers as people have them: pasted text, and tables of cells.

Everything here is pure: text in, numbers out. A number is read when there is one way to read it;
anything else with as many digits as a number has is told with its line, never guessed.
"""
