"""The operator's APIs, one module for each: what is asked and how the answer is read.

Every module has both halves side by side, the query and the reader; docs/operator.md is the
contract they are written from.
"""
