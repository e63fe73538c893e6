"""Dice, places, contacts and games: messages whose content is made of the call's own words."""

from __future__ import annotations

import secrets

from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request
from sandbox.telegram.media import content_of_upload, made_upload
from sandbox.telegram.pictures import plain_png
from sandbox.telegram.records import Json
from sandbox.telegram.sending import Outgoing
from sandbox.telegram.state import TelegramState

SIDES = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}

_VENUE_FIELDS = ("foursquare_id", "foursquare_type", "google_place_id", "google_place_type")
_LIVE_FIELDS = ("live_period", "heading", "proximity_alert_radius")


def send_dice(telegram: TelegramState, call: Call) -> Json:
    """The method sendDice."""
    emoji = call.text("emoji") or "🎲"
    sides = SIDES.get(emoji.removesuffix("\ufe0f"))
    outgoing = Outgoing(telegram, call)
    if sides is None:
        raise bad_request("EMOTICON_INVALID")
    return outgoing.send({"dice": {"emoji": emoji, "value": secrets.randbelow(sides) + 1}}).body


def _place(call: Call) -> Json:
    try:
        place: Json = {name: float(call.text(name)) for name in ("latitude", "longitude")}
    except ValueError:
        raise bad_request("location must be non-empty") from None
    if call.text("horizontal_accuracy"):
        place["horizontal_accuracy"] = float(call.text("horizontal_accuracy"))
    return place


def send_location(telegram: TelegramState, call: Call) -> Json:
    """The method sendLocation."""
    place = _place(call)
    place |= {name: call.integer(name) for name in _LIVE_FIELDS if call.integer(name)}
    return Outgoing(telegram, call).send({"location": place}).body


def send_venue(telegram: TelegramState, call: Call) -> Json:
    """The method sendVenue."""
    venue: Json = {"location": _place(call)}
    for name in ("title", "address"):
        if not call.text(name):
            raise bad_request(f"venue {name} must be non-empty")
        venue[name] = call.text(name)
    venue |= {name: call.text(name) for name in _VENUE_FIELDS if call.text(name)}
    content = {"venue": venue, "location": venue["location"]}
    return Outgoing(telegram, call).send(content).body


def send_contact(telegram: TelegramState, call: Call) -> Json:
    """The method sendContact."""
    if not call.text("phone_number") or not call.text("first_name"):
        raise bad_request("phone number and first name must be non-empty")
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = {name: call.text(name) for name in names if call.text(name)}
    return Outgoing(telegram, call).send({"contact": contact}).body


def send_game(telegram: TelegramState, call: Call) -> Json:
    """The method sendGame: every short name is a game here."""
    name = call.text("game_short_name")
    if not name:
        raise bad_request("game short name must be non-empty")
    outgoing = Outgoing(telegram, call)
    picture = made_upload(telegram, plain_png(640, 360), "game.png")
    game: Json = {"title": name, "description": f"The game {name}"}
    game |= content_of_upload(telegram, call.bot, picture, "photo")
    return outgoing.send({"game": game}).body


METHODS = {
    "senddice": send_dice,
    "sendlocation": send_location,
    "sendvenue": send_venue,
    "sendcontact": send_contact,
    "sendgame": send_game,
}
