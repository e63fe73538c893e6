"""TMF681: SMS that the operator sends. They land in the post's SMS box."""

from __future__ import annotations

from aiohttp import web

from sandbox.operator.api.answers import (
    Json,
    TmfError,
    answer,
    body_of,
    chosen,
    digest_text,
    moment,
    not_found,
)
from sandbox.operator.api.fault_injection import UNDELIVERED
from sandbox.operator.api.idempotency import HEADER, IdempotentCalls
from sandbox.operator.api.tmf630_filters import kept, read_query
from sandbox.operator.api.tmf630_paging import as_it_is, page_of
from sandbox.post.sms import Sms, SmsBox
from sandbox.world import WorldClock

BASE = "/tmf-api/communicationManagement/v4"


class Messages:
    """`communicationMessage`."""

    def __init__(self, box: SmsBox, clock: WorldClock, once: IdempotentCalls) -> None:
        self._box = box
        self._clock = clock
        self._once = once

    async def messages(self, request: web.Request) -> web.Response:
        """`GET /communicationMessage`: codes are not read out in a list."""
        query = read_query(request)
        found = kept(
            [_shown(sms) | {"content": "***"} for sms in self._box.handed_in()],
            query,
            {
                "id": lambda item: [item["id"]],
                "state": lambda item: [item["state"]],
                "receiver.phoneNumber": lambda item: [
                    receiver["phoneNumber"] for receiver in item["receiver"]
                ],
            },
        )
        return page_of(found, query, as_it_is)

    async def message(self, request: web.Request) -> web.Response:
        """`GET /communicationMessage/{id}`."""
        wanted = request.match_info["id"]
        sms = self._box.by_id(wanted)
        if sms is None:
            raise not_found("communicationMessage", wanted)
        return answer(chosen(_shown(sms), read_query(request).fields))

    async def send(self, request: web.Request) -> web.Response:
        """`POST /communicationMessage`."""
        body = await body_of(request)
        receivers, content, sender = _letter(body)
        key = request.headers.get(HEADER)
        earlier = self._once.earlier(key, body, self._by_key) if key else None
        if earlier is not None:
            return answer(_shown(earlier))
        sms = self._box.put(
            receivers,
            content,
            at=self._clock.timestamp(),
            sender=sender,
            delivered=not request.get(UNDELIVERED, False),
            key=key,
            digest=digest_text(body),
        )
        shown = _shown(sms)
        return answer(shown, status=201, headers={"Location": shown["href"]})

    def _by_key(self, key: str) -> tuple[Sms, str] | None:
        sms = self._box.by_key(key)
        return None if sms is None else (sms, sms.digest)


def _letter(body: Json) -> tuple[tuple[str, ...], str, str]:
    """Receivers, content and sender of a request's body. Raises `TmfError` 400."""
    try:
        receivers = tuple(str(receiver["phoneNumber"]) for receiver in body["receiver"])
        content, sender = body["content"], body["sender"]["name"]
    except (KeyError, TypeError) as error:
        raise TmfError(
            400, "REQUEST.MALFORMED", "receiver.phoneNumber, content and sender.name are needed"
        ) from error
    if body.get("messageType") != "SMS" or not isinstance(content, str) or not content:
        raise TmfError(400, "REQUEST.MALFORMED", "Only SMS with a text are sent")
    if not receivers or not all(number.isascii() and number.isdigit() for number in receivers):
        raise TmfError(400, "REQUEST.MALFORMED", "A receiver is a number of digits alone")
    return receivers, content, str(sender)


def _shown(sms: Sms) -> Json:
    return {
        "id": sms.id,
        "href": f"{BASE}/communicationMessage/{sms.id}",
        "@type": "CommunicationMessage",
        "messageType": "SMS",
        "content": sms.content,
        "sender": {"id": "kcell", "name": sms.sender},
        "receiver": [{"phoneNumber": number} for number in sms.receivers],
        "state": "completed" if sms.delivered else "failed",
        "sendTime": moment(sms.at),
        "tryTimes": 1,
    }
