"""What a file is, by its content: names lie, and a browser's "save as .xls" is HTML."""

from __future__ import annotations

import io
import zipfile
from enum import Enum, auto

import olefile

from account.errors import ListFileFault, ListFileRefused
from account.lists.list_file import MOST_INFLATED
from documents.lists.text_file import decoded

MOST_MEMBERS = 2_000
"""Files in an archive."""

_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_OTHER_TEXT = (b"{\\rtf", b"%PDF", b"%!PS", b"BEGIN:VCARD")
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<workbook", b"<svg")


class FileKind(Enum):
    """How a file is read."""

    XLSX = auto()
    """Office Open XML, with macros or without."""
    XLS = auto()
    """BIFF5 or BIFF8 in an OLE container."""
    ODS = auto()
    TEXT = auto()


def kind_of(content: bytes) -> FileKind:
    """The kind. Raises `ListFileRefused` for every other one, a locked one and one that swells."""
    if content.startswith(b"PK"):
        return _kind_of_archive(content)
    if content.startswith(olefile.MAGIC):
        return _kind_of_container(content)
    if _is_text(content):
        return FileKind.TEXT
    raise ListFileRefused(ListFileFault.KIND)


def _kind_of_archive(content: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise ListFileRefused(ListFileFault.LARGE)
            if sum(member.file_size for member in members) > MOST_INFLATED:
                raise ListFileRefused(ListFileFault.LARGE)
            names = {member.filename for member in members}
            if "xl/workbook.xml" in names:
                return FileKind.XLSX
            if "mimetype" in names and archive.read("mimetype").startswith(_OPEN_DOCUMENT):
                if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                    raise ListFileRefused(ListFileFault.LOCKED)
                return FileKind.ODS
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError):
        raise ListFileRefused(ListFileFault.DAMAGED) from None
    raise ListFileRefused(ListFileFault.KIND)


def _kind_of_container(content: bytes) -> FileKind:
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            if container.exists("EncryptedPackage"):
                raise ListFileRefused(ListFileFault.LOCKED)
            if container.exists("Workbook") or container.exists("Book"):
                return FileKind.XLS
    except OSError:
        raise ListFileRefused(ListFileFault.DAMAGED) from None
    raise ListFileRefused(ListFileFault.KIND)


def _is_text(content: bytes) -> bool:
    """Neither a page of markup nor the text form of something else, nor bytes of no text."""
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:256].lower()
    if head.startswith((*_MARKUP, *map(bytes.lower, _OTHER_TEXT))):
        return False
    return not any(sign < " " and sign not in "\t\n\v\f\r\x1a" for sign in decoded(content))
