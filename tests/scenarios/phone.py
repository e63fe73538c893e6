"""A person at their phone: what scenarios speak through, by HTTP to the sandbox's user side.

A scenario says what a person does and what they read; nothing here looks inside the bot.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

PATIENCE = 90.0
REPLACED = ("the message is gone", "there is no button")
"""How a tap is refused when the window changed between the look and the tap."""

Found = TypeVar("Found")


@dataclass
class Message:
    """One message as the person sees it."""

    id: int
    text: str
    buttons: list[str]
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Message:
        """From the sandbox's JSON."""
        rows = raw.get("reply_markup", {}).get("inline_keyboard", [])
        return cls(
            id=raw["message_id"],
            text=(raw.get("text") or raw.get("caption") or "").replace("\u00a0", " "),
            buttons=[button["text"] for row in rows for button in row],
            raw=raw,
        )

    @property
    def from_bot(self) -> bool:
        """Whether the bot wrote it."""
        return bool(self.raw["from"]["is_bot"])


class Phone:
    """One person. Everything waits until the bot has answered, and says what was there if not."""

    def __init__(self, http: httpx.AsyncClient, user_id: int, number: str) -> None:
        self.http = http
        self.id = user_id
        self.number = number

    @classmethod
    async def of(
        cls, http: httpx.AsyncClient, number: str, *, language: str = "en", name: str = "Aigerim"
    ) -> Phone:
        """A new person with that phone number."""
        made = await http.post(
            "/sandbox/users",
            json={"first_name": name, "language_code": language, "phone_number": number},
        )
        made.raise_for_status()
        return cls(http, made.json()["id"], number)

    # --- what the person does ---

    async def say(self, text: str) -> None:
        """Type and send a text."""
        await self._post("messages", {"text": text})

    async def command(self, text: str) -> Message:
        """Give a command and wait for the window that comes below it."""
        before = {message.id for message in await self.messages()}
        await self.say(text)

        async def look() -> Message | None:
            shown = [m for m in await self.messages() if m.from_bot and m.buttons]
            return shown[-1] if shown and shown[-1].id not in before else None

        return await self.until(look, f"a window after {text!r}")

    async def share(self, contact: Any = "own") -> None:
        """Share a contact."""
        await self._post("messages", {"contact": contact})

    async def corrects(self, message_id: int, text: str) -> None:
        """Edit a message of one's own."""
        path = f"/sandbox/users/{self.id}/messages/{message_id}"
        answer = await self.http.patch(path, json={"text": text})
        assert answer.is_success, answer.text

    async def send(self, body: dict[str, Any]) -> None:
        """Send something that is no text."""
        await self._post("messages", body)

    async def send_file(self, name: str, content: bytes) -> None:
        """Send a file."""
        answer = await self.http.post(
            f"/sandbox/users/{self.id}/messages", files={"document": (name, content)}
        )
        assert answer.is_success, answer.text

    async def tap(self, text: str, *, message: Message | None = None, repeat: int = 1) -> None:
        """Tap the button whose label begins with or contains `text`, on the newest message.

        Who finds the window replaced under the finger taps the one that came instead; a `message`
        that was chosen is tapped or the tap fails.
        """

        async def tapped() -> bool:
            on = message or await self.window_with(text)
            label = next(label for label in on.buttons if text in label)
            body = {"message_id": on.id, "text": label, "repeat": repeat}
            answer = await self.http.post(f"/sandbox/users/{self.id}/taps", json=body)
            if message is None and any(words in answer.text for words in REPLACED):
                return False
            assert answer.is_success, answer.text
            return True

        await self.until(tapped, f"a window that takes the tap on {text!r}")

    async def tap_to(self, label: str, *texts: str) -> None:
        """Tap until the window with these texts is there.

        One that comes down below another message is replaced once more, and takes a tap with it.
        """
        tapped: set[int] = set()

        async def there() -> bool:
            on = await self.window()
            if all(text in "\n".join([on.text, *on.buttons]) for text in texts):
                return True
            if on.id not in tapped and any(label in one for one in on.buttons):
                tapped.add(on.id)
                with suppress(AssertionError):  # gone between the look and the tap
                    await self.tap(label, message=on)
            return False

        await self.until(there, f"the window with {texts!r} behind {label!r}")

    async def tap_data(self, message_id: int, data: str) -> None:
        """Send callback data that may be on no button at all."""
        await self._post("taps", {"message_id": message_id, "data": data})

    # --- what the person sees ---

    async def chat(self) -> dict[str, Any]:
        """The whole chat."""
        answer = await self.http.get(f"/sandbox/users/{self.id}/chat")
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body

    async def messages(self) -> list[Message]:
        """All messages that are still there."""
        return [Message.of(raw) for raw in (await self.chat())["messages"]]

    async def answers(self) -> list[dict[str, Any]]:
        """Alerts and toasts, oldest first."""
        answers: list[dict[str, Any]] = (await self.chat())["answers"]
        return [
            {**answer, "text": (answer.get("text") or "").replace("\u00a0", " ")}
            for answer in answers
        ]

    async def window(self) -> Message:
        """The newest message of the bot that has buttons."""

        async def look() -> Message | None:
            with_buttons = [m for m in await self.messages() if m.from_bot and m.buttons]
            return with_buttons[-1] if with_buttons else None

        return await self.until(look, "a window")

    async def window_below(self, message: Message) -> Message:
        """Wait until the window has come down below that message."""

        async def look() -> Message | None:
            shown = await self.window()
            return shown if shown.id > message.id else None

        return await self.until(look, f"the window below {message.text!r}")

    async def no_longer_sees(self, text: str) -> None:
        """Wait until no message of the bot holds the text."""

        async def look() -> bool:
            shown = [m for m in await self.messages() if m.from_bot]
            return not any(text in "\n".join([m.text, *m.buttons]) for m in shown)

        await self.until(look, f"the end of {text!r}")

    async def window_with(self, text: str) -> Message:
        """The newest message that has a button with that text."""

        async def look() -> Message | None:
            for message in reversed(await self.messages()):
                if any(text in label for label in message.buttons):
                    return message
            return None

        return await self.until(look, f"a button {text!r}")

    async def sees(self, *texts: str) -> Message:
        """Wait until one message of the bot holds all the texts."""

        async def look() -> Message | None:
            for message in reversed(await self.messages()):
                whole = "\n".join([message.text, *message.buttons])
                if message.from_bot and all(text in whole for text in texts):
                    return message
            return None

        return await self.until(look, f"a message with {texts!r}")

    async def card_below(self) -> Message:
        """The card that comes by itself below a final word: before that, windows still move."""

        async def look() -> Message | None:
            *before, shown = await self.messages()
            words = [one for one in before if one.text.startswith(("✅", "⚠️"))]
            return shown if words and "Tariff: " in shown.text else None

        return await self.until(look, "the card below the final word")

    async def document(self) -> Message:
        """The first file that came."""

        async def look() -> Message | None:
            return next((one for one in await self.messages() if "document" in one.raw), None)

        return await self.until(look, "the file")

    async def is_told(self, text: str) -> dict[str, Any]:
        """Wait for an alert or toast with that text."""

        async def look() -> dict[str, Any] | None:
            answers = await self.answers()
            return next((a for a in reversed(answers) if text in (a.get("text") or "")), None)

        return await self.until(look, f"an answer with {text!r}")

    async def hears(self, text: str) -> None:
        """Wait for that text as an alert or, where the tap had to be answered before, a message."""

        async def look() -> bool:
            told = [answer["text"] for answer in await self.answers()]
            return any(text in one for one in [*told, *(m.text for m in await self.messages())])

        await self.until(look, f"the sentence {text!r}")

    async def until(self, look: Callable[[], Awaitable[Found | None]], what: str) -> Found:
        """Look again until there is something."""
        end, pause = time.monotonic() + PATIENCE, 0.02
        while time.monotonic() < end:
            found = await look()
            if found:
                return found
            # Looking costs the bot its processor: whoever has to wait long looks less often.
            await asyncio.sleep(pause)
            pause = min(1.5 * pause, 0.15)
        shown = "\n---\n".join(f"{m.text}\n{m.buttons}" for m in (await self.messages())[-5:])
        told = [answer.get("text") for answer in await self.answers()][-3:]
        raise AssertionError(f"{what} did not come; the chat ends with\n{shown}\nanswers {told}")

    # --- the phone's other boxes ---

    async def sms(self) -> list[dict[str, Any]]:
        """SMS of this number, oldest first."""
        answer = await self.http.get("/sandbox/sms", params={"to": self.number})
        texts: list[dict[str, Any]] = answer.json()
        return texts

    async def code(self, *, after: int = 0) -> str:
        """The code of the newest SMS, once there are more than `after`."""

        async def look() -> str | None:
            codes = [
                found.group(1)
                for text in await self.sms()
                if (found := re.search(r"(?<![0-9])([0-9]{6})(?![0-9])", text["text"]))
            ]
            return codes[-1] if len(codes) > after else None

        return await self.until(look, "a code by SMS")

    async def has_sms(self, count: int) -> None:
        """Wait until so many texts have come; a login is two: its code, and the word about it."""

        async def look() -> bool:
            return len(await self.sms()) >= count

        await self.until(look, f"{count} SMS")

    async def gets_sms(self, text: str) -> str:
        """Wait for an SMS with that text."""

        async def look() -> str | None:
            return next((sms["text"] for sms in await self.sms() if text in sms["text"]), None)

        return await self.until(look, f"an SMS with {text!r}")

    async def mail(self, address: str) -> list[dict[str, Any]]:
        """Letters to that address, oldest first."""
        answer = await self.http.get("/sandbox/mail", params={"to": address})
        letters: list[dict[str, Any]] = answer.json()
        return letters

    async def mail_code(self, address: str) -> str:
        """The code of the newest letter."""

        async def look() -> str | None:
            texts = [letter["text"] for letter in await self.mail(address)]
            codes = [code for text in texts for code in re.findall(r"\b[0-9]{6}\b", text)]
            return codes[-1] if codes else None

        return await self.until(look, f"a code by e-mail to {address}")

    async def download(self, message: Message) -> bytes:
        """The file of a message."""
        answer = await self.http.get(f"/sandbox/files/{message.raw['document']['file_id']}")
        answer.raise_for_status()
        return answer.content

    async def _post(self, what: str, body: dict[str, Any]) -> None:
        answer = await self.http.post(f"/sandbox/users/{self.id}/{what}", json=body)
        assert answer.is_success, answer.text
