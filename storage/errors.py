"""What can go wrong with what we keep.

* MyAccountError
  x StorageError
    + StorageUnavailable
      - KeyChanged
      - DatabaseUnsafe
      - ServerPromoted
      - ConnectionsExhausted
      - StatementRefused
    + DatabaseUrlInvalid
    + DatabaseNewer
    + DatabaseOlder
    + GenerationChanged
    + WitnessDamaged
    + SecretsInvalid
      - SecretMismatch
    + SealBroken
    + RowUnreadable
    + UnitOfWorkMissing
    + StateNotJson

`str(error)` is for the log and never carries a stored value: rows hold codes and personal data.
"""

from __future__ import annotations

from typing import ClassVar

from account.errors import MyAccountError


class StorageError(MyAccountError):
    """The root of what this room raises."""

    code: ClassVar[str] = "STORAGE.FAULT"


class StorageUnavailable(StorageError):  # noqa: N818 - named by what it is
    """The database did not do it: gone, locked, full, read-only, or not migrated.

    Nothing was written, except when the connection was lost while committing: then it may have
    been. Every write of ours may therefore be tried again with the same ids.
    """

    code: ClassVar[str] = "STORAGE.UNAVAILABLE"


class DatabaseUnsafe(StorageUnavailable):
    """The database would not keep what it confirms, or mixes up sessions; the message says what
    to change. While running it is one that is away: nothing is written until it is mended.
    """

    code: ClassVar[str] = "STORAGE.UNSAFE"


class ConnectionsExhausted(StorageUnavailable):
    """No connection was free, of this process's or of the server's: what asked is not at fault."""

    code: ClassVar[str] = "STORAGE.EXHAUSTED"


class StatementRefused(StorageUnavailable):
    """The database is there, and took not what it was given: too long, or no text to it.

    Of several that share a statement, the others are not at fault.
    """

    code: ClassVar[str] = "STORAGE.REFUSED"


class ServerPromoted(StorageUnavailable):
    """A replica has taken over as the server while this process ran; nothing was written there.

    It may lack the last commits, so whoever worked on the one before has to start again.
    """

    code: ClassVar[str] = "STORAGE.PROMOTED"

    def __init__(self) -> None:
        super().__init__("a replica has taken over the database: this process has to start again")


class DatabaseUrlInvalid(StorageError):  # noqa: N818 - named by what it is
    """The database's address is none we can use; the message says what to write."""

    code: ClassVar[str] = "STORAGE.URL"


class DatabaseNewer(StorageError):  # noqa: N818 - named by what it is
    """The schema has a revision that this program has never heard of."""

    code: ClassVar[str] = "STORAGE.NEWER"

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"this program is older than the database (schema {revision}): install the newer "
            "version"
        )


class DatabaseOlder(StorageError):  # noqa: N818 - named by what it is
    """The database had come further than it is: an older copy was put in its place."""

    code: ClassVar[str] = "STORAGE.OLDER"

    def __init__(self) -> None:
        super().__init__(
            "this database is older than the one that was used here last: a backup has been put "
            "back. Stop every process, run `myaccount restored`, and start again"
        )


class GenerationChanged(StorageError):  # noqa: N818 - named by what it is
    """A new generation was begun while this process worked on the one before."""

    code: ClassVar[str] = "STORAGE.GENERATION"

    def __init__(self) -> None:
        super().__init__("the database was put back while this process ran: it has to start again")


class WitnessDamaged(StorageError):  # noqa: N818 - named by what it is
    """The file that tells how far the database had come cannot be read, or is not ours."""

    code: ClassVar[str] = "STORAGE.WITNESS"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(
            f"the witness {path} does not tell how far the database had come ({why}). If a backup "
            "was put back, run `myaccount restored`; if not, remove that file"
        )


class SecretsInvalid(StorageError):  # noqa: N818 - named by what it is
    """The file with the master secret is missing or damaged; the message names the file."""

    code: ClassVar[str] = "STORAGE.SECRETS"


class KeyChanged(StorageUnavailable):
    """The database's key was changed, and this process does not hold the new one.

    Nothing was written. It takes the new one as soon as that is in its key file, or ends.
    """

    code: ClassVar[str] = "STORAGE.KEY_CHANGED"


class SecretMismatch(SecretsInvalid):
    """The master secret is not the one this database was made with."""

    code: ClassVar[str] = "STORAGE.SECRET_MISMATCH"

    def __init__(self, why: str = "this secret is not the one of this database") -> None:
        super().__init__(why)


class SealBroken(StorageError):  # noqa: N818 - named by what it is
    """Sealed bytes do not open: another key, another row, or changed."""

    code: ClassVar[str] = "STORAGE.SEAL"


class RowUnreadable(StorageError):  # noqa: N818 - named by what it is
    """What a row tells is not what this program writes: damaged, or a later program's."""

    code: ClassVar[str] = "STORAGE.ROW"


class UnitOfWorkMissing(StorageError):  # noqa: N818 - named by what it is
    """State was asked for outside of its chat's unit of work; see
    `storage.fsm_storage.turn_in_use`.
    """

    code: ClassVar[str] = "STORAGE.TURN"


class StateNotJson(StorageError):  # noqa: N818 - named by what it is
    """Something that JSON cannot carry was put into a conversation's data."""

    code: ClassVar[str] = "STORAGE.STATE"
