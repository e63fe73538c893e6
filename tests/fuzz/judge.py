"""What must hold in the fuzzed town, against a model of its own: who was logged in, whom the
operator granted what, which code was sent for which change and who typed it, whose door is open.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from account.access.profile_email import EMAIL
from account.access.secret_codes import FIRST_USE_WITHIN
from account.changes.action import STEP_UP_LIFE
from account.chapters.bans import BAN, ON, SWITCH
from account.chapters.transfers import TIYN, TO
from account.credentials.one_time_codes import CODE_LIFE
from account.identity.sessions import ABSOLUTE, IDLE
from account.values.identifiers import Msisdn
from account.values.money import ZERO
from account.values.number import Ban
from bot.ops.clock import SteadyClock
from storage.engine.types import to_microseconds
from tests.account.fakes.transfers import paid
from tests.fuzz.chats import Telegram
from tests.fuzz.people import DETAILS, LOGINS, MARKS, PEOPLE, USAGE, Operator, Person, puks
from tests.fuzz.post import Post

FINAL_WORD = re.compile(r"action A-[0-9]{8}(?:-[0-9]{4})+")
WITH_CODE = {
    *("unblock", "forwarding.set", "sim.replace", "profile.email"),
    *("device.deregister", "device.reregister"),
}
"""By the rules of G-8, written out here once more."""
TAKES_OVER = {"sim.replace", "forwarding.set"}
UNTOLD = {"transfer", "service.on"}
"""No state of a number tells whether it was done."""


@dataclass(frozen=True)
class Proof:
    """Somebody typed the code that was sent to `to` for a change of that number."""

    person: int
    to: str
    about: str | None
    at: datetime
    sent: datetime
    """When the code came: what was sent before a question proves nothing of it."""


class Judge:
    """Looks at every text that leaves, and at the database after every step."""

    def __init__(self, folder: Path, clock: SteadyClock) -> None:
        self.folder = folder
        self.clock = clock
        self.operator = Operator()
        self._paid = paid(self.operator.fleet)
        self.post = Post(clock)
        self.telegram = Telegram(clock.now, self.look)
        self.proofs: list[Proof] = []
        self._thawed: set[int] = set()
        self.accepted: set[str] = set()
        self._proposed: set[str] = set()
        self._ended: set[str] = set()
        self._inside: dict[int, str] = {}
        """Who typed which secret code of their own number, while it is good."""
        self.poisoned = 0
        self.breaches: list[str] = []
        self.secrets: set[str] = set()
        self._puks = puks()
        self._revealed: dict[tuple[str, str], int] = {}
        self._by_id = {person.id: person for person in PEOPLE}
        self._glance: sqlite3.Connection | None = None

    # --- what is known ---

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        assert self._glance is not None
        self._glance.row_factory = sqlite3.Row
        return self._glance.execute(query, values).fetchall()

    def session(self, person: int) -> sqlite3.Row | None:
        """The live session of a person, as the database has it."""
        now = self.clock.now()
        rows = self.rows(
            "SELECT * FROM sessions WHERE telegram_id = ? AND ended_at IS NULL"
            " AND seen_at > ? AND opened_at > ?",
            person,
            to_microseconds(now - IDLE),
            to_microseconds(now - ABSOLUTE),
        )
        return rows[-1] if rows else None

    def _left(self, person: int) -> bool:
        """Whether they have logged out, or never logged in; a session that ran out is neither."""
        rows = self.rows(
            "SELECT ended_at FROM sessions WHERE telegram_id = ?"
            " ORDER BY opened_at DESC, ended_at IS NOT NULL",
            person,
        )
        return not rows or rows[0]["ended_at"] is not None

    def _is_inside(self, person: Person, company: str) -> bool:
        """Whether a secret code opens their own number of that company to them at this moment."""
        number = self.operator.fleet.get(person.phone.digits)
        key = self.post.keys.get(person.phone.digits)
        return (
            number is not None
            and number.company_id == company
            and Ban.ACCESS not in number.bans
            and key is not None
            and self._inside.get(person.id) == key[0]
        )

    def typed(self, person: Person, text: str) -> None:
        """Somebody types something that may be a code of theirs."""
        now = self.clock.now()
        for sent in self.post.codes:
            mine = sent.to in (person.phone.digits, person.mailbox)
            if mine and sent.code == text.strip() and now < sent.at + CODE_LIFE:
                self.proofs.append(Proof(person.id, sent.to, sent.about, now, sent.at))
        key = self.post.keys.get(person.phone.digits)
        if key is not None and key[0] == text and now < key[1] + FIRST_USE_WITHIN:
            self._inside[person.id] = text

    # --- what leaves ---

    def look(self, chat_id: int, method: str, text: str) -> None:
        """Nobody reads of a company what they may not see, and no secret but the PUK they asked."""
        person = self._by_id.get(chat_id)
        for company, mark in MARKS.items():
            if mark in text:
                self._look_at_mark(chat_id, person, company, method, text)
        if any(secret in text for secret in self.secrets | set(self.post.keys_sent.values())):
            self.breaches.append(f"{method}: a secret is said")
        for msisdn in {of for puk, of in self._puks.items() if puk in text}:
            self._look_at_codes(person, msisdn, method)

    def _look_at_mark(
        self, chat_id: int, person: Person | None, company: str, method: str, text: str
    ) -> None:
        granted = person is not None and self.operator.may_read(person, company)
        in_session = granted and self.session(chat_id) is not None
        if person is not None and not in_session and self._is_inside(person, company):
            self._look_at_employee(person, company, method, text)
        elif person is None or not granted:
            self.breaches.append(f"{method}: {company} is shown to {chat_id}")
        elif USAGE + MARKS[company] in text and not self.operator.may_change(person, company):
            self.breaches.append(f"{method}: usage is shown to {chat_id} without the right")
        elif not in_session:
            word = method == "sendMessage" and FINAL_WORD.search(text) and " › " not in text
            if not (word or method == "sendDocument") or self._left(chat_id):
                self.breaches.append(f"{method}: {company} is shown without a session")

    def _look_at_employee(self, person: Person, company: str, method: str, text: str) -> None:
        others = self.operator.fleet.keys() - {person.phone.digits}
        if any(Msisdn(digits).shown in text for digits in others):
            self.breaches.append(f"{method}: another number is shown to an employee")
        number = self.operator.fleet[person.phone.digits]
        if Ban.DETAILS in number.bans and f"{MARKS[company]} {DETAILS}" in text:
            self.breaches.append(f"{method}: banned details are shown to an employee")

    def _look_at_codes(self, person: Person | None, msisdn: str, method: str) -> None:
        """PIN and PUK: in an alert, or a message that goes; once for each proven question."""
        company = self.operator.fleet[msisdn].company_id
        if method not in ("answerCallbackQuery", "editMessageText"):
            self.breaches.append(f"{method}: a PUK stays in a chat")
        now = self.clock.now()
        if (
            person is None
            or not self.operator.may_change(person, company)
            or self.session(person.id) is None
            or not any(
                (proof.person, proof.about) == (person.id, msisdn[-4:])
                and proof.at > now - STEP_UP_LIFE
                for proof in self.proofs
            )
        ):
            self.breaches.append(f"{method}: a PUK is shown without right, session or code")
        key = method, msisdn
        self._revealed[key] = self._revealed.get(key, 0) + 1
        used = self.rows(
            "SELECT 1 FROM actions WHERE kind = 'sim.reveal' AND state = 'done' AND msisdn = ?",
            msisdn,
        )
        if self._revealed[key] > len(used):
            self.breaches.append(f"{method}: a PUK is shown twice for one question")

    # --- after a step ---

    def check(self, taps: Iterable[str] = (), actors: frozenset[int] = frozenset()) -> None:
        """After a step in which these people did something."""
        for row in self.rows("SELECT * FROM actions WHERE accepted_at IS NOT NULL"):
            if row["id"] not in self.accepted:
                self._check_confirmed(row, actors)
            if row["state"] == "done" and row["id"] not in self._ended:
                self._ended.add(row["id"])
                self._close_doors(row)
        self._check_frozen()
        effects = self.operator.effects
        if len(effects) != len(set(effects)):
            self.breaches.append("one confirmation had two effects")
        if not set(effects) <= self.accepted:
            self.breaches.append("an effect that nobody confirmed")
        if not {reference.partition(":")[0] for reference in self.post.keys_sent} <= self.accepted:
            self.breaches.append("a secret code that nobody confirmed")
        if len(set(self.post.keys_sent.values())) < len(self.post.keys_sent):
            self.breaches.append("one secret code was sent twice")
        if paid(self.operator.fleet) != self._paid:
            self.breaches.append("money came or went by a transfer")
        if any((number.funds or ZERO) < ZERO for number in self.operator.fleet.values()):
            self.breaches.append("a number was overdrawn")
        missing = [tap for tap in taps if tap not in self.telegram.answered]
        if missing:
            self.breaches.append(f"{len(missing)} presses stay unanswered")
        quarantined = self.rows("SELECT why FROM inbox WHERE state = 'quarantined'")
        if len(quarantined) > self.poisoned:
            self.breaches.append(f"set aside: {[row['why'] for row in quarantined]}")
        found = [*self.breaches, *self.telegram.breaches]
        assert not found, found

    def _check_frozen(self) -> None:
        """Who has said “It was not me” confirms nothing, and nothing more of theirs is sent."""
        for row in self.rows(
            "SELECT 1 FROM actions JOIN freezes USING (administrator_id)"
            " WHERE (accepted_at > frozen_at OR sent_at > frozen_at)"
            " AND (thawed_at IS NULL OR accepted_at < thawed_at) AND state <> 'rejected'"
        )[:1]:
            self.breaches.append(f"what was stopped went on: {len(row)}")
        for row in self.rows("SELECT * FROM freezes WHERE thawed_at IS NOT NULL"):
            if row["thawed_at"] not in self._thawed:
                self._thawed.add(row["thawed_at"])
                owner = next(
                    one for one in self._by_id.values() if one.phone.digits == row["phone"]
                )
                if not any(proof.to == owner.phone.digits for proof in self.proofs):
                    self.breaches.append("somebody was thawed without a code of theirs")

    def _check_confirmed(self, row: sqlite3.Row, actors: frozenset[int]) -> None:
        """What was confirmed now, by one or, on a login number, by a second one after that."""
        if row["state"] == "rejected" and row["id"] in self._proposed:
            return
        needs_second = row["kind"] in TAKES_OVER and row["msisdn"] in LOGINS
        if row["id"] not in self._proposed:
            self._check_accepted(row, actors)
        if not needs_second:
            self.accepted.add(row["id"])
        elif row["id"] not in self._proposed:
            self._proposed.add(row["id"])
            if row["state"] not in ("proposed", "rejected"):
                self.breaches.append("a login number was taken over by one alone")
        elif row["state"] != "proposed":
            self.accepted.add(row["id"])
            self._check_approved(row, actors)

    def _check_approved(self, row: sqlite3.Row, actors: frozenset[int]) -> None:
        approvers = [self._by_id[actor] for actor in actors - {row["telegram_id"]}]
        if not any(
            self.session(one.id) is not None and self.operator.may_change(one, row["company_id"])
            for one in approvers
        ):
            self.breaches.append("a change was approved by nobody who may")

    def _check_accepted(self, row: sqlite3.Row, actors: frozenset[int]) -> None:
        person, now = self._by_id[row["telegram_id"]], self.clock.now()
        told = json.loads(row["parameters"])
        session = self.session(person.id)
        if person.id not in actors:
            self.breaches.append("a change was confirmed by nobody")
        if session is None or session["id"] != row["session_id"]:
            self.breaches.append("a change was confirmed without its session")
        elif (session["company_id"] or row["company_id"]) != row["company_id"]:
            self.breaches.append("a change was confirmed for another company")
        if not self.operator.may_change(person, row["company_id"]):
            self.breaches.append("a change was confirmed without the right")
        if row["offered_at"] <= to_microseconds(now - timedelta(minutes=5)):
            self.breaches.append("a change was confirmed too late")
        if row["kind"] == "profile.email":
            self._check_email(row, person)
        elif self.operator.fleet[row["msisdn"]].company_id != row["company_id"]:
            self.breaches.append("a change of somebody else's number was confirmed")
        if row["kind"] == "transfer":
            recipient = self.operator.fleet[told[TO]]
            if recipient.company_id != row["company_id"]:
                self.breaches.append("money was sent to another company's number")
        if self._needs_code(row) and not any(
            proof.person == person.id
            and (proof.to == told[EMAIL] if EMAIL in told else proof.about == row["msisdn"][-4:])
            and to_microseconds(proof.sent) >= row["offered_at"]
            and proof.at > now - STEP_UP_LIFE
            for proof in self.proofs
        ):
            self.breaches.append("a change was confirmed without its own code")

    def _check_email(self, row: sqlite3.Row, person: Person) -> None:
        if row["msisdn"] != person.phone.digits:
            self.breaches.append("a change of somebody else's e-mail was confirmed")
        if not any(
            (proof.person, proof.to) == (person.id, person.phone.digits)
            and to_microseconds(proof.at) >= row["offered_at"]
            for proof in self.proofs
        ):
            self.breaches.append("an address was changed without a proof of the person")

    def _needs_code(self, row: sqlite3.Row) -> bool:
        """By what the company really moved on that day, whatever the question knew of it."""
        if row["kind"] != "transfer":
            return row["kind"] in WITH_CODE
        day = row["reference"].rpartition("-")[0]
        moved = sum(
            int(json.loads(one["parameters"])[TIYN])
            for one in self.rows(
                "SELECT parameters, reference FROM actions WHERE kind = 'transfer' "
                f"AND company_id = '{row['company_id']}' AND state <> 'rejected'"
            )
            if one["reference"] is not None
            and one["reference"].rpartition("-")[0] == day
            and one["reference"] < row["reference"]
        )
        return moved + int(json.loads(row["parameters"])[TIYN]) >= 10_000_00

    def _close_doors(self, row: sqlite3.Row) -> None:
        """A deleted code, a new SIM card and a ban on access end what a secret code opened."""
        told = json.loads(row["parameters"])
        banned = told.get(BAN) == Ban.ACCESS and told.get(SWITCH) == ON
        if row["kind"] in ("secret.delete", "sim.replace") or banned:
            out = [one for one in self._inside if self._by_id[one].phone.digits == row["msisdn"]]
            for one in out:
                del self._inside[one]

    def nothing_is_lost(self) -> None:
        """After everything works again and much time: each confirmed change has come to its end.

        Of money that no order is found of nobody can tell but a person: that is its end here.
        """
        for row in self.rows("SELECT kind, state FROM actions WHERE accepted_at IS NOT NULL"):
            untold = row["kind"] in UNTOLD and row["state"] == "unconfirmed"
            if row["state"] not in ("done", "rejected") and not untold:
                self.breaches.append(f"{row['kind']} was confirmed and stays {row['state']}")

    def scan(self) -> None:
        """No secret lies in the database or beside it."""
        figures = {sent.code for sent in self.post.codes}
        whole = self.secrets | set(self.post.keys_sent.values()) | set(self._puks)
        whole |= {key.replace("-", "") for key in self.post.keys_sent.values()}
        for path in self.folder.glob("bot.db*"):
            content = path.read_bytes()
            for secret in whole:
                if secret.encode() in content:
                    self.breaches.append(f"a secret lies in {path.name}")
            for code in figures:
                alone = rb"(?<![0-9A-Fa-f.])" + code.encode() + rb"(?![0-9A-Fa-f])"
                if found := re.search(alone, content):
                    around = content[max(0, found.start() - 60) : found.end() + 20]
                    self.breaches.append(f"a code lies in {path.name}: {around!r}")
