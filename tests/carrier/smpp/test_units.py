"""Units that go out, as smpplib reads them, and receipts as centres write them."""

from __future__ import annotations

import struct

import pytest
import smpplib.smpp

from carrier.sms.smpp.pdu import Address, Command, Receipt, Unit, receipt, submit_body

WORDS = "id:{} sub:001 dlvrd:001 submit date:2611301011 done date:2611301012 stat:{} err:000 text:"


def delivered(words: str = "", esm_class: int = 4, options: bytes = b"") -> Unit:
    """A `deliver_sm` with that text and these options."""
    content = words.encode("latin-1")
    addresses = b"\x01\x0177010542006\0" + b"\x05\0Kcell\0"
    rest = bytes([esm_class, 0, 0]) + b"\0\0" + bytes([0, 0, 0, 0, len(content)])
    return Unit(Command.DELIVER_SM, 0, 1, b"\0" + addresses + rest + content + options)


def option(tag: int, value: bytes) -> bytes:
    return struct.pack("!HH", tag, len(value)) + value


@pytest.mark.parametrize(
    ("unit", "right"),
    [
        (delivered(WORDS.format("4097", "DELIVRD")), Receipt("4097", "DELIVRD")),
        (delivered(WORDS.format("00AF-7", "undeliv")), Receipt("00AF-7", "UNDELIV")),
        (delivered("stat:EXPIRED err:12 ID: 77"), Receipt("77", "EXPIRED")),
        (
            delivered("id:1 done date:20261130101112 sub:all stat:REJECTD"),
            Receipt("1", "REJECTD"),
        ),
        (
            delivered(options=option(0x001E, b"9A\0") + option(0x0427, b"\x02")),
            Receipt("9A", "DELIVRD"),
        ),
        (
            delivered(WORDS.format("5", "DELIVRD"), options=option(0x001E, b"9A\0")),
            Receipt("9A", "DELIVRD"),
        ),
        (
            delivered(options=option(0x0424, WORDS.format("6", "ACCEPTD").encode())),
            Receipt("6", "ACCEPTD"),
        ),
        (
            delivered(WORDS.format("7", "DELIVRD"), options=option(0x1401, b"own") + b"\x01"),
            Receipt("7", "DELIVRD"),
        ),
        (delivered("id:8 stat:DELIVRD", esm_class=0), None),
        (delivered("nothing of the kind"), None),
        (Unit(Command.DELIVER_SM, 0, 1, b"\0\x01"), None),
    ],
)
def test_a_receipt_is_read_leniently(unit: Unit, right: Receipt | None) -> None:
    assert receipt(unit) == right


class Client:
    """What smpplib asks for the number of a unit."""

    def next_sequence(self) -> int:
        return 5


def test_smpplib_reads_what_goes_out() -> None:
    body = submit_body(
        Address.sender("Kcell"),
        Address.phone("77010542006"),
        "Құпия".encode("utf-16-be"),
        8,
        joined=False,
    )
    read = smpplib.smpp.parse_pdu(
        bytes(Unit(Command.SUBMIT_SM, 0, 5, body)),
        require_ack=False,
        client=Client(),
        allow_unknown_opt_params=True,
    )
    assert read.command == "submit_sm"
    assert (read.source_addr, read.destination_addr) == (b"Kcell", b"77010542006")
    assert read.short_message.decode("utf-16-be") == "Құпия"
    assert (read.data_coding, read.registered_delivery, read.sequence) == (8, 1, 5)
