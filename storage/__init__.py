"""What the product remembers: tables, stores and migrations. Imports `account` only."""

from storage.sealing import Secrets
from storage.stores import Stores, open_stores

__all__ = ["Secrets", "Stores", "open_stores"]
