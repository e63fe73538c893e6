"""Letters by SMTP: one-time codes for people of other operators, and reports.

A letter is made of parts that other people wrote, names above all. None of them can add a header
or an address: white space in a subject or a file name is folded to one blank, control signs are
dropped, and the envelope is given apart from the letter.
"""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
import re
from collections.abc import Sequence
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import aiosmtplib

from account.errors import CarrierUnavailable, EmailInvalid, PostFault, PostRefused
from account.values.identifiers import Email

if TYPE_CHECKING:
    from account.values.clock import Clock

MEGABYTES = 20
"""Most mail boxes take letters of that size, and many no larger ones."""
_OF_A_LETTER = 57 / 78
"""What of a letter a file is: mail carries 57 bytes in each line of 76 signs and its end."""
_STEP_SECONDS = 10.0
_WHOLE_SECONDS = 60.0
_TLS = {"required": True, "offered": None, "never": False}
_LONGEST_SUBJECT = 200
_LONGEST_NAME = 120
_TOO_LARGE, _ABOUT_SIZE = 552, frozenset({"5.3.4", "5.2.3"})
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9])")
_CONTROLS = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATES = re.compile("[\ud800-\udfff]")

Attachments = Sequence[tuple[str, bytes]]


class MailSender:
    """Sends letters through one server, given as an address:

    `smtp://host:25`, `smtps://user:password@host:465`, `smtp://host:587?starttls=required`.

    `starttls` is `required`, `offered` (used when the server has it) or `never`; without it
    `offered`, and `required` where there is a password. Parts of the address are percent-encoded.
    `sender` is `my-account@example.kz` or `My Account <my-account@example.kz>`, `megabytes` what a
    letter may have at most (millions of bytes), its files as mail carries them.

    Raises ValueError for an address that cannot be used, without quoting it.
    """

    def __init__(self, url: str, sender: str, clock: Clock, *, megabytes: int = MEGABYTES) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("the mail server's address is smtp://host or smtps://host")
        tls = parts.scheme == "smtps"
        start_tls = False if tls else _start_tls(parts)
        self._sender = _sender(sender)
        self._connection: dict[str, Any] = {
            "hostname": parts.hostname,
            "port": parts.port,
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "use_tls": tls,
            "start_tls": start_tls,
            # Not the machine's own name: looking it up blocks, and it is nobody's business.
            "local_hostname": self._sender.domain,
            "timeout": _STEP_SECONDS,
        }
        self._clock = clock
        self._largest = megabytes * 1_000_000

    async def send(
        self,
        to: Email,
        subject: str,
        text: str,
        reference: str,
        *,
        html: str | None = None,
        attachments: Attachments = (),
    ) -> None:
        """Hand one letter over. Sent again with the same `reference` it has the same Message-ID.

        `attachments` are file names with their content. Raises `PostRefused` when the server will
        never take it or it is too large, and `CarrierUnavailable` when it may be sent again: it may
        then come twice.
        """
        if sum(len(file) for _, file in attachments) > self._largest * _OF_A_LETTER:
            raise PostRefused("MAIL.TOO_LARGE", PostFault.SIZE)
        message = self._letter(to, subject, text, reference)
        if html is not None:
            message.add_alternative(_sendable(html), subtype="html")
        # Encoding a large file takes a while that nobody else should wait for.
        content = await asyncio.to_thread(_flat, message, attachments)
        try:
            async with asyncio.timeout(_WHOLE_SECONDS):
                await self._hand_over(to, content)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            first = min(refused.recipients, key=lambda one: one.code)
            raise _failure(first.code, first.message, PostFault.ADDRESS) from None
        except aiosmtplib.SMTPAuthenticationError:
            raise CarrierUnavailable("the mail server does not know us") from None
        except (aiosmtplib.SMTPConnectResponseError, aiosmtplib.SMTPHeloError):
            # All about us and our settings, nothing about the letter: it may go later.
            raise CarrierUnavailable("the mail server sent us away") from None
        except aiosmtplib.SMTPSenderRefused as refused:
            # So is this one, unless it is about the size that the command names.
            if _about_size(refused.code, refused.message):
                raise _failure(refused.code, refused.message) from None
            raise CarrierUnavailable("the mail server sent us away") from None
        except aiosmtplib.SMTPResponseException as refused:
            raise _failure(refused.code, refused.message) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            # The text of such an error may name the address; its class is enough.
            raise CarrierUnavailable(f"mail: {type(error).__name__}") from None

    async def check(self) -> None:
        """Greet the server as for a letter, and log in where there is a password; send nothing.

        Raises `CarrierUnavailable`.
        """
        server = aiosmtplib.SMTP(**self._connection)
        try:
            async with asyncio.timeout(_WHOLE_SECONDS), server:
                await server.noop()
        except aiosmtplib.SMTPAuthenticationError:
            raise CarrierUnavailable("the mail server does not know us") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise CarrierUnavailable(f"mail: {type(error).__name__}") from None

    def _letter(self, to: Email, subject: str, text: str, reference: str) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        _set_from(message, self._sender)
        message["To"] = to.address
        _set_subject(message, _line(subject, _LONGEST_SUBJECT))
        message["Date"] = format_datetime(self._clock.now())
        named = hashlib.sha256(reference.encode()).hexdigest()[:32]
        message["Message-ID"] = f"<{named}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_sendable(text))
        return message

    async def _hand_over(self, to: Email, content: bytes) -> None:
        await aiosmtplib.send(
            content,
            sender=self._sender.addr_spec,
            recipients=[to.address],
            **self._connection,
        )


def _failure(
    code: int, words: str, fault: PostFault = PostFault.LETTER
) -> PostRefused | CarrierUnavailable:
    """What an SMTP reply means: 5yz is for ever, everything else passes."""
    if 500 <= code < 600:
        return PostRefused(f"SMTP.{code}", PostFault.SIZE if _about_size(code, words) else fault)
    return CarrierUnavailable(f"the mail server answered {code}")


def _about_size(code: int, words: str) -> bool:
    """RFC 1870's 552, or RFC 3463's 5.3.4 and 5.2.3, wherever they come; a full box is 5.2.2."""
    status = _STATUS.match(words)
    if status is None:
        return code == _TOO_LARGE
    return status[0] in _ABOUT_SIZE


def protection(url: str) -> str:
    """How letters to this server are protected: `tls`, or what is said of starttls.

    Raises ValueError for words that are none of ours.
    """
    parts = urlsplit(url)
    return "tls" if parts.scheme == "smtps" else _start_tls_word(parts)


def _start_tls(parts: SplitResult) -> bool | None:
    return _TLS[_start_tls_word(parts)]


def _start_tls_word(parts: SplitResult) -> str:
    given = parse_qs(parts.query, keep_blank_values=True)
    given_words = given.pop("starttls", ["required" if parts.password else "offered"])
    said = given_words[0] if len(given_words) == 1 else ""
    if given or said not in _TLS:
        raise ValueError(
            "after ? the mail server's address may say starttls=required, offered, never"
        )
    return said


def _sender(text: str) -> Address:
    """`x@localhost` too, for demonstrations."""
    addresses = getaddresses([text])
    try:
        if len(addresses) == 1 and _CONTROLS.search(text) is None:
            name, address = addresses[0]
            local, _, domain = address.rpartition("@")
            if domain == "localhost":
                return Address(name, local, domain)
            return Address(name, addr_spec=Email.parse(address).address)
    except (ValueError, EmailInvalid, HeaderParseError):
        pass
    raise ValueError("the sender of mail is not an e-mail address")


# A long header of several encoded words loses blanks when Python folds it: "операторға берілді"
# arrives as one word (CPython gh-92081; the first cure made lines that mail hosts refuse, gh-144156
# of 2026). So what is not ASCII is encoded whole, blanks and all, in RFC 2047 words of at most 75
# signs, on lines too short to be folded again.


def _set_subject(message: EmailMessage, subject: str) -> None:
    if subject.isascii():
        message["Subject"] = subject
    else:
        message.set_raw("Subject", _encoded("Subject", subject))


def _set_from(message: EmailMessage, sender: Address) -> None:
    if sender.display_name.isascii():
        message["From"] = sender
    else:
        name = _encoded("From", sender.display_name)
        message.set_raw("From", f"{name}\n <{sender.addr_spec}>")


def _encoded(header: str, text: str) -> str:
    return Header(text, "utf-8", header_name=header, maxlinelen=75).encode()


def _flat(message: EmailMessage, attachments: Attachments) -> bytes:
    for name, content in attachments:
        name = _line(name, _LONGEST_NAME).replace("/", "_").replace("\\", "_") or "file"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def _line(text: str, limit: int) -> str:
    """One line of a header."""
    return _CONTROLS.sub("", _sendable(" ".join(text.split())))[:limit]


def _sendable(text: str) -> str:
    return _SURROGATES.sub("\ufffd", text)
