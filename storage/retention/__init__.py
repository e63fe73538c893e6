"""What is forgotten, and when: every table has a term (`rules`), or says why it needs none."""

from storage.retention.forgetting import Retention
from storage.retention.terms import KeptFor

__all__ = ["KeptFor", "Retention"]
