"""Texts by SMPP to a centre of npm's package `smpp`."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from account.errors import CarrierNotReached, CarrierUnavailable, OutcomeUnknown, PostRefused
from account.values.identifiers import Msisdn
from carrier.sms.smpp import pdu
from carrier.sms.smpp.pdu import Receipt
from carrier.sms.smpp.sender import REFUSED_PAUSE, SmppSender
from carrier.sms.smpp.session import Centre, Session
from tests.carrier.smpp.centre import MessageCentre, a_centre, needs_npm
from tests.carrier.smpp.conftest import Receipts
from tests.certificates import certificate

pytestmark = [pytest.mark.npm, needs_npm]
PHONE = Msisdn("77010542006")
KAZAKH = "My Account кіру коды: 482 913. Әңгүұқөһі ₸"


async def _ignored(_receipt: Receipt) -> None:
    pass


async def bound(sender: SmppSender) -> None:
    async with asyncio.timeout(60):
        while not sender.bound:  # noqa: ASYNC110 - it has no bell
            await asyncio.sleep(0.01)


async def test_a_code_in_kazakh_arrives_letter_for_letter_with_its_receipt(
    centre: MessageCentre, sender: SmppSender, receipts: Receipts
) -> None:
    await bound(sender)
    await sender.send(PHONE, KAZAKH, "otp:1")
    came = await centre.until(lambda one: "text" in one)
    await centre.until(lambda one: "receipt" in one)
    assert (came["to"], came["from"], came["ton"]) == ("77010542006", "Kcell", 5)
    assert (came["text"], came["coding"], came["registered"]) == (KAZAKH, 8, 1)
    assert centre.seen[1] == {"bind": "myaccount", "password": "secret78", "type": ""}
    assert receipts.sent == [("otp:1", [came["id"]])]
    assert receipts.got == [(came["id"], "DELIVRD")]


async def test_a_long_text_comes_in_parts_that_belong_together(
    centre: MessageCentre, sender: SmppSender, receipts: Receipts
) -> None:
    await bound(sender)
    await sender.send(PHONE, "ә" * 82, "notice:1")
    first, second = [await centre.until(lambda one: "text" in one, n) for n in (1, 2)]
    assert first["text"] + second["text"] == "ә" * 82
    assert {first["esm"], second["esm"]} == {0x40}
    assert [one["udh"][0][-4:] for one in (first, second)] == ["0201", "0202"]
    assert first["udh"][0][:-2] == second["udh"][0][:-2]
    assert receipts.sent == [("notice:1", [first["id"], second["id"]])]


async def test_the_same_text_again_has_the_same_parts(
    centre: MessageCentre, sender: SmppSender
) -> None:
    """A phone takes a part that comes twice for the one it has."""
    await bound(sender)
    for _ in range(2):
        await sender.send(PHONE, "ә" * 82, "otp:2")
    heads = [(await centre.until(lambda one: "text" in one, n))["udh"] for n in (1, 2, 3, 4)]
    assert heads[:2] == heads[2:]


async def test_what_is_throttled_goes_out_a_little_later(
    centre: MessageCentre, sender: SmppSender, pauses: list[float]
) -> None:
    await bound(sender)
    await centre.order(statuses=[0x58, 0x14])
    await sender.send(PHONE, "code", "otp:3")
    await centre.until(lambda one: "text" in one, 3)
    assert pauses == [0.5, 1.0]


async def test_what_stays_throttled_goes_back_to_whoever_owes_it(
    centre: MessageCentre, sender: SmppSender, receipts: Receipts
) -> None:
    await bound(sender)
    await centre.order(statuses=[0x58] * 4)
    with pytest.raises(CarrierUnavailable) as fault:
        await sender.send(PHONE, "code", "otp:4")
    assert not isinstance(fault.value, OutcomeUnknown)
    assert sender.bound
    assert receipts.sent == []


@pytest.mark.parametrize("status", [0x08, 0x45, 0x400, 0x4FF])
async def test_a_fault_of_the_centres_does_not_end_the_link(
    centre: MessageCentre, sender: SmppSender, status: int
) -> None:
    """0x400 to 0x4FF are a centre's own words."""
    await bound(sender)
    await centre.order(statuses=[status])
    with pytest.raises(CarrierUnavailable):
        await sender.send(PHONE, "code", "otp:5")
    await sender.send(PHONE, "code", "otp:5")
    assert sum("bind" in one for one in centre.seen) == 1


@pytest.mark.parametrize("status", [0x0A, 0x0B])
async def test_an_address_that_is_refused_is_refused_for_good(
    centre: MessageCentre, sender: SmppSender, status: int
) -> None:
    await bound(sender)
    await centre.order(statuses=[status])
    with pytest.raises(PostRefused, match=f"SMPP.{status:02X}"):
        await sender.send(PHONE, "code", "otp:6")


async def test_no_answer_in_time_is_an_unknown_outcome(
    centre: MessageCentre, sender: SmppSender
) -> None:
    await bound(sender)
    await centre.order(silent=True)
    with pytest.raises(OutcomeUnknown):
        await sender.send(PHONE, "code", "otp:7")


async def test_a_link_that_breaks_leaves_an_unknown_outcome_and_is_made_anew(
    centre: MessageCentre, sender: SmppSender
) -> None:
    await bound(sender)
    await centre.order(hangUp=True)
    with pytest.raises(OutcomeUnknown):
        await sender.send(PHONE, "code", "otp:8")
    await centre.order(hangUp=False)
    await centre.until(lambda one: "bind" in one, 2)
    await bound(sender)
    await sender.send(PHONE, "code", "otp:8")


async def test_nothing_goes_out_on_a_link_that_the_centre_has_ended(
    centre: MessageCentre, sender: SmppSender
) -> None:
    await bound(sender)
    await centre.order(unbind=True)
    await centre.until(lambda one: "unbound" in one)
    await centre.until(lambda one: "bind" in one, 2)
    await bound(sender)
    await sender.send(PHONE, "code", "otp:9")


async def test_a_refused_bind_is_told_and_tried_again_only_after_minutes(
    centre: MessageCentre, receipts: Receipts, sender: SmppSender, pauses: list[float]
) -> None:
    await bound(sender)
    await centre.order(refuse=0x0E)
    await centre.order(cut=True)
    async with asyncio.timeout(60):
        while sender.state != "refused":  # noqa: ASYNC110 - it has no bell
            await asyncio.sleep(0.01)
    assert REFUSED_PAUSE in pauses
    with pytest.raises(CarrierNotReached):
        await sender.send(PHONE, "code", "otp:10")
    await centre.order(refuse=0)
    await bound(sender)
    assert sender.state == "bound"


async def test_a_receipt_that_could_not_be_kept_comes_again(
    centre: MessageCentre, sender: SmppSender, receipts: Receipts
) -> None:
    await bound(sender)
    receipts.shut = 1
    await sender.send(PHONE, "code", "otp:11")
    told = await centre.until(lambda one: "receipt" in one)
    assert (told["status"], receipts.got) == (pdu.Status.TEMPORARY, [])


async def test_with_tls_the_centre_has_to_be_who_it_says(
    tmp_path: Path,
) -> None:
    certificate(tmp_path, "localhost")
    known = ssl.create_default_context(cafile=tmp_path / "server.crt")
    async with a_centre(tmp_path) as centre:
        session = await Session.open(
            Centre("localhost", centre.port, "us", "x", tls=known), _ignored
        )
        await session.close()
        await centre.until(lambda one: "unbind" in one)
        for stranger in (
            Centre("127.0.0.1", centre.port, "us", "x", tls=known),
            Centre("localhost", centre.port, "us", "x", tls=ssl.create_default_context()),
        ):
            with pytest.raises(CarrierNotReached):
                await Session.open(stranger, _ignored)
