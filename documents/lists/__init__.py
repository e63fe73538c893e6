"""Files with lists of numbers that people send: workbooks and text, read in a child process.

A file of a few kilobytes can take gigabytes and minutes, whatever reads it. So it is read by a
child that has a bound of memory and of time, whose end is one sentence and nothing else; macros and
links to other files are never followed, types of columns never inferred.
"""
