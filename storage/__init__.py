"""What the product remembers: tables, stores and migrations. Imports `account` only."""

from storage.encryption.secrets import Secrets
from storage.open import Stores, open_stores

__all__ = ["Secrets", "Stores", "open_stores"]
