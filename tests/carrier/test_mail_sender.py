"""Letters, against a mail server on loopback."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import quopri
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP

from account.errors import CarrierUnavailable, PostFault, PostRefused
from account.values.identifiers import Email, Msisdn
from carrier.mail import MailSender
from carrier.notifier import CarrierNotifier
from carrier.sms.tmf681 import SmsSender
from tests.carrier.desk import Day, Desk

TO = Email("assel@demo.example")
SENDER = "My Account <my-account@kcell.example>"


@dataclass
class Box:
    """What aiosmtpd calls for each step; the replies can be changed."""

    letters: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    content: bytes = b""
    rcpt: str | None = None
    mail: str | None = None
    data: str = "250 OK"
    port: int = 0

    async def handle_MAIL(  # noqa: N802 - the library's names
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.mail is None:
            envelope.mail_from = address
        return self.mail or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.rcpt is None:
            envelope.rcpt_tos.append(address)
        return self.rcpt or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.content = envelope.content
        self.letters.append((envelope.mail_from, envelope.rcpt_tos, message))
        return self.data

    def letter(self) -> EmailMessage:
        [(_, _, letter)] = self.letters
        return letter

    def sender(self, rest: str = "", sender: str = SENDER) -> MailSender:
        return MailSender(f"smtp://127.0.0.1:{self.port}{rest}", sender, Day())


@pytest_asyncio.fixture
async def box() -> AsyncIterator[Box]:
    box = Box()
    sessions: list[SMTP] = []

    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        sessions.append(SMTP(box, hostname="test", enable_SMTPUTF8=True, loop=loop))
        return sessions[-1]

    server = await loop.create_server(session, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    yield box
    server.close()
    for one in sessions:
        if isinstance(one.transport, asyncio.Transport):
            one.transport.abort()
    await asyncio.sleep(0)


def text_of(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


async def test_a_plain_letter(box: Box) -> None:
    await box.sender().send(TO, "Код входа", "Код: 123456\n\u20b8 — тенге", "code-1")
    [(envelope_from, envelope_to, letter)] = box.letters
    assert (envelope_from, envelope_to) == ("my-account@kcell.example", ["assel@demo.example"])
    assert letter["From"] == "My Account <my-account@kcell.example>"
    assert letter["To"] == "assel@demo.example"
    assert letter["Subject"] == "Код входа"
    assert letter["Date"] == "Sun, 22 Nov 2026 07:00:00 +0000"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert text_of(letter, "plain").split() == ["Код:", "123456", "₸", "—", "тенге"]


def header_of(content: bytes, name: str) -> str:
    """A header as RFC 2047 has it read, without the library that wrote it: white space between two
    encoded words is not there, any other is.
    """
    head = content.partition(b"\r\n\r\n")[0].decode("ascii").splitlines()
    assert all(len(line) <= 78 for line in head)
    [field] = re.findall(rf"(?m)^{name}: ?((?:.*\n[ \t])*.*)", "\n".join(head))
    line = re.sub(r"\?=\s+=\?", "?==?", field.replace("\n", ""))

    def word(match: re.Match[str]) -> str:
        assert len(match[0]) <= 75
        assert match[1].lower() == "utf-8"
        data = match[3].encode()
        plain = base64.b64decode(data) if match[2] in "bB" else quopri.decodestring(data, True)
        return plain.decode()

    return re.sub(r"=\?([^?]+)\?([bBqQ])\?([^?]*)\?=", word, line)


LINES = [
    "Мақұлданды, операторға берілді · әрекет A-7K3Q",
    "My Account: TOO Demo, …2006 нөмірі: 12, басқа әкімші растады",
    "Деректер мына аралықта қолжетімді: 12 – бүгін",
    "Файл по заявке D-7K3Q: Счета-фактуры за 12.2025, лицевой счёт 25060850, TOO Demo Trade",
    "The file of request D-7K3Q for «Үлгі» ЖШС: invoices of 2025 and of the first half of 2026",
    "Plain words only, long enough to be folded by anybody: invoices of account 25060850, 12.2025",
    "Код входа",
]


@pytest.mark.parametrize("line", LINES)
async def test_a_subject_keeps_every_blank(box: Box, line: str) -> None:
    await box.sender().send(TO, line, "text", "doc-1")
    assert header_of(box.content, "Subject") == line


@pytest.mark.parametrize("line", LINES)
async def test_a_senders_name_keeps_every_blank(box: Box, line: str) -> None:
    name = line.replace(",", "").replace(":", "").replace(".", "")
    await box.sender(sender=f"{name} <my-account@kcell.example>").send(TO, "s", "t", "doc-1")
    assert header_of(box.content, "From") == f"{name} <my-account@kcell.example>"
    assert box.letter()["From"].addresses[0].addr_spec == "my-account@kcell.example"


async def test_a_letter_with_html_and_files(box: Box) -> None:
    await box.sender().send(
        TO,
        "Отчёт",
        "text",
        "doc-1",
        html="<p>Қазақша</p>",
        attachments=[("Отчёт 2026.xlsx", b"PK\x00\xff"), ("odd", b"")],
    )
    assert text_of(box.letter(), "html").strip() == "<p>Қазақша</p>"
    report, odd = box.letter().iter_attachments()
    assert report.get_filename() == "Отчёт 2026.xlsx"
    assert report.get_content_type() == (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    assert report.get_content() == b"PK\x00\xff"
    assert (odd.get_filename(), odd.get_content_type()) == ("odd", "application/octet-stream")


async def test_a_text_file_is_attached_byte_by_byte(box: Box) -> None:
    content = "строка\r\nещё\n".encode()
    await box.sender().send(TO, "s", "t", "doc-1", attachments=[("a.csv", content)])
    [part] = box.letter().iter_attachments()
    assert part.get_payload(decode=True) == content


async def test_a_letter_sent_again_has_the_same_name(box: Box) -> None:
    for reference in ("отчёт-1", "отчёт-1", "отчёт-2"):
        await box.sender().send(TO, "s", "t", reference)
    first, again, other = (letter["Message-ID"] for _, _, letter in box.letters)
    assert first == again != other


@pytest.mark.parametrize(
    "evil",
    [
        "a\r\nBcc: b@c.kz",
        "a\nBcc: b@c.kz",
        "a\u2028Bcc: b@c.kz",
        "a\x00\x1b[2Jb",
        "\ud800",
        "x" * 5000,
    ],
)
async def test_no_text_adds_a_header_or_breaks_the_letter(box: Box, evil: str) -> None:
    await box.sender().send(
        TO, evil, evil, "doc-1", html=evil, attachments=[(f"{evil}.pdf", b"1"), ("../../etc", b"2")]
    )
    [(_, envelope_to, letter)] = box.letters
    assert envelope_to == ["assel@demo.example"]
    assert letter["Bcc"] is None
    assert set(letter.keys()) <= {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
        "X-Peer",
        "X-MailFrom",
        "X-RcptTo",
    }
    assert len(letter["Subject"]) <= 200
    first, second = letter.iter_attachments()
    assert "\n" not in str(first.get_filename())
    assert second.get_filename() == ".._.._etc"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ({"rcpt": "550 no such user"}, PostRefused),
        ({"rcpt": "450 greylisted"}, CarrierUnavailable),
        ({"data": "552 too large"}, PostRefused),
        ({"data": "451 later"}, CarrierUnavailable),
        ({"mail": "550 we do not know you"}, CarrierUnavailable),
    ],
)
async def test_what_the_server_answers(
    box: Box, reply: dict[str, str], error: type[Exception]
) -> None:
    for step, words in reply.items():
        setattr(box, step, words)
    with pytest.raises(error) as refused:
        await box.sender().send(TO, "s", "t", "r")
    assert TO.address not in str(refused.value)


async def test_a_letter_has_a_size_with_its_file_as_mail_carries_it(box: Box) -> None:
    """A third more than the file; what is larger is refused before anybody is called."""
    sender = MailSender(f"smtp://127.0.0.1:{box.port}", SENDER, Day(), megabytes=1)
    await sender.send(TO, "s", "t", "r", attachments=[("a.pdf", b"x" * 725_000)])
    assert 980_000 < len(box.content) <= 1_001_000
    with pytest.raises(PostRefused) as refused:
        await sender.send(TO, "s", "t", "r", attachments=[("a.pdf", b"x" * 732_000)])
    assert (refused.value.reason_code, refused.value.fault) == ("MAIL.TOO_LARGE", PostFault.SIZE)
    assert len(box.letters) == 1


@pytest.mark.parametrize(
    ("step", "words", "fault"),
    [
        ("rcpt", "550 5.1.1 no such user", PostFault.ADDRESS),
        ("rcpt", "550 no such user", PostFault.ADDRESS),
        ("rcpt", "552 5.2.2 mailbox full", PostFault.ADDRESS),
        ("rcpt", "552 5.3.4 too big", PostFault.SIZE),
        ("mail", "552 message size exceeds the limit", PostFault.SIZE),
        ("mail", "552 5.3.4 message size exceeds the limit", PostFault.SIZE),
        ("data", "552 too large", PostFault.SIZE),
        ("data", "554 5.2.3 message length exceeds", PostFault.SIZE),
        ("data", "550 5.7.1 content rejected", PostFault.LETTER),
        ("data", "554 looks like spam", PostFault.LETTER),
    ],
)
async def test_what_a_letter_is_refused_for(
    box: Box, step: str, words: str, fault: PostFault
) -> None:
    setattr(box, step, words)
    with pytest.raises(PostRefused) as refused:
        await box.sender().send(TO, "s", "t", "r")
    assert refused.value.fault is fault


async def test_a_refusal_tells_its_number(box: Box) -> None:
    box.rcpt = "550 no such user"
    with pytest.raises(PostRefused) as refused:
        await box.sender().send(TO, "s", "t", "r")
    assert refused.value.reason_code == "SMTP.550"


async def test_nobody_listens() -> None:
    with pytest.raises(CarrierUnavailable):
        await MailSender("smtp://127.0.0.1:1", SENDER, Day()).send(TO, "s", "t", "r")


@pytest.mark.parametrize("rest", ["?starttls=required", "?starttls=required&"])
async def test_nothing_goes_out_in_clear_when_encryption_is_required(box: Box, rest: str) -> None:
    with pytest.raises(CarrierUnavailable):
        await box.sender(rest).send(TO, "s", "t", "r")
    assert box.letters == []


async def test_a_password_never_goes_out_in_clear_unless_that_was_said(box: Box) -> None:
    sender = MailSender(f"smtp://user:p%40ss@127.0.0.1:{box.port}", SENDER, Day())
    with pytest.raises(CarrierUnavailable):
        await sender.send(TO, "s", "t", "r")
    assert box.letters == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://user:hunter2@host:port",
        "smtp://user:hunter2@host?starttls=maybe",
        "smtp://user:hunter2@host?tls=1",
        "smtp://user:hunter2@host?starttls=never&starttls=required",
        "smtp://user:hunter2@[host",
    ],
)
def test_an_address_that_is_none_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ValueError, match=r"mail server|[Pp]ort|URL|many") as refused:
        MailSender(url, SENDER, Day())
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "sender", ["", "nobody", "a@b", "A <a@b.kz>\r\nBcc: c@d.kz", "a@b.kz, c@d.kz"]
)
def test_a_sender_that_is_none_is_refused(sender: str) -> None:
    with pytest.raises(ValueError, match="sender"):
        MailSender("smtp://host", sender, Day())


def test_the_sender_of_a_demonstration_is_taken() -> None:
    MailSender("smtp://host", "my-account@localhost", Day())


async def test_both_ways_through_the_port(box: Box, desk: Desk) -> None:
    desk.answer("communicationMessage", {"state": "completed"}, status=201)
    post = CarrierNotifier(SmsSender(desk.http), box.sender())
    await post.sms(Msisdn("77010542006"), "t", "r")
    await post.mail(TO, "s", "t", "r", html="<p>", attachments=[("a", b"b")])
    assert len(desk.requests) == len(box.letters) == 1


async def test_without_a_server_letters_are_refused(desk: Desk) -> None:
    with pytest.raises(PostRefused):
        await CarrierNotifier(SmsSender(desk.http), None).mail(TO, "s", "t", "r")
