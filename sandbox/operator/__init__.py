"""A mobile operator's systems by TM Forum's Open APIs, over a database of their own.

The contract it serves is docs/operator.md.
"""

from sandbox.operator.routes import Operator, open_operator

__all__ = ["Operator", "open_operator"]
