"""What people ask of a bot besides its chat: inline queries and their choice, and payments."""

from __future__ import annotations

from aiohttp import web

from sandbox.telegram import inline, paid_media, payments
from sandbox.telegram.errors import ApiError
from sandbox.telegram.people import body_of, needed_bot, person_of, refused, whole
from sandbox.telegram.records import Bot, Json, Message
from sandbox.telegram.state import TelegramState
from sandbox.telegram.user_messages import UserMessages


class UserOrders:
    """`/sandbox/users/{id}/inline` and `/sandbox/users/{id}/payments`."""

    def __init__(self, telegram: TelegramState, user_messages: UserMessages) -> None:
        self.telegram = telegram
        self.user_messages = user_messages

    @property
    def routes(self) -> list[web.RouteDef]:
        """The addresses."""
        base = "/sandbox/users/{id}"
        return [
            web.post(f"{base}/inline", self.ask),
            web.get(f"{base}/inline/{{query}}", self.results),
            web.post(f"{base}/inline/{{query}}", self.choose),
            web.get(f"{base}/payments", self.payments),
            web.post(f"{base}/payments", self.pay),
        ]

    def _person(self, request: web.Request) -> int:
        person = person_of(self.telegram, request)
        if person < 0:
            raise refused("a group asks nothing")
        return person

    # inline

    async def ask(self, request: web.Request) -> web.Response:
        """`{"query", "offset", "chat_type"}`: the bot gets an inline_query."""
        person, bot = self._person(request), needed_bot(self.telegram, request)
        body = await body_of(request)
        where = str(body.get("chat_type") or "")
        query, offset = (str(body.get(name) or "") for name in ("query", "offset"))
        asked = inline.ask(self.telegram, bot, person, query, offset, where)
        return web.json_response(asked, status=201)

    def _asked(self, request: web.Request, bot: Bot) -> Json:
        found = inline.asked_of(self.telegram, bot, request.match_info["query"])
        if found is None or found[0] != self._person(request):
            raise refused("the person asked no such query", 404)
        return found[1]

    async def results(self, request: web.Request) -> web.Response:
        """What the bot answered: `{"query", "answer": {"results", …} or null}`."""
        asked = self._asked(request, needed_bot(self.telegram, request))
        return web.json_response({"query": asked["query"], "answer": asked["answer"]})

    async def choose(self, request: web.Request) -> web.Response:
        """`{"result_id", "chat"}`: the result is sent there, to the bot's own chat if absent."""
        bot = needed_bot(self.telegram, request)
        asked, person = self._asked(request, bot), self._person(request)
        body = await body_of(request)
        chat_id = whole(body, "chat", person)
        if chat_id not in self.telegram.store.people or (chat_id > 0 and chat_id != person):
            raise refused("chat must be the person's own or a group", 404)
        results = (asked["answer"] or {}).get("results", [])
        result = next((one for one in results if one["id"] == body.get("result_id")), None)
        if result is None:
            raise refused("there is no such result", 409)
        query_id = request.match_info["query"]
        try:
            content, chosen = inline.choose(self.telegram, bot, person, query_id, result)
        except ApiError as error:
            raise refused(str(error), 409) from None
        sent = self.user_messages.say(bot, chat_id, {"from": person}, content)
        if "reply_markup" in content:
            told = sent["message"]
            message = Message(bot.id, chat_id, told["message_id"], told, by_bot=False)
            chosen["inline_message_id"] = inline.inline_id(message)
        update_id = self.telegram.push(bot, "chosen_inline_result", person, chosen)
        return web.json_response({**sent, "chosen_update_id": update_id}, status=201)

    # payments

    async def payments(self, request: web.Request) -> web.Response:
        """What the person began to pay, oldest first, with how far it came."""
        person, bot = self._person(request), needed_bot(self.telegram, request)
        listed = payments.payments_of(bot).items()
        return web.json_response(
            [{"query_id": key, **one} for key, one in listed if one["from"] == person]
        )

    async def pay(self, request: web.Request) -> web.Response:
        """`{"message_id"}` or `{"link"}`; then `{"shipping_query_id", "shipping_option_id"}`."""
        chat_id, bot = person_of(self.telegram, request), needed_bot(self.telegram, request)
        body = await body_of(request)
        payer = self.user_messages.actor(chat_id, body)
        message = self.telegram.store.message(bot.id, chat_id, whole(body, "message_id"))
        if message is not None and "paid_media" in message.body:
            bought = paid_media.buy(self.telegram, bot, message, payer)
            if bought is None:
                raise refused("the person has bought it already", 409)
            self.telegram.store.commit()
            return web.json_response(bought, status=201)
        invoice = self._invoice(bot, chat_id, body)
        query_id, update_id = payments.begin(self.telegram, bot, chat_id, payer, invoice, body)
        self.telegram.store.commit()
        kind = payments.payments_of(bot)[query_id]["kind"]
        asked = {f"{kind}_query_id": query_id, "update_id": update_id}
        return web.json_response(asked, status=201)

    def _invoice(self, bot: Bot, chat_id: int, body: Json) -> Json:
        """What is paid; puts the chosen delivery into `body`."""
        if "shipping_query_id" in body:
            asked = payments.payments_of(bot).get(str(body["shipping_query_id"]), {})
            options = asked.get("shipping_options", [])
            chosen = [one for one in options if one["id"] == body.get("shipping_option_id")]
            if not chosen:
                raise refused("the bot offered no such delivery", 409)
            body["shipping_option"] = chosen[0]
            return dict(asked["invoice"])
        body.pop("shipping_option", None)
        if "link" in body:
            found = bot.settings.get("invoice_links", {}).get(str(body["link"]))
        else:
            invoices = self.telegram.state(bot, chat_id).state.get("invoices", {})
            found = invoices.get(str(whole(body, "message_id")))
        if found is None:
            raise refused("there is no such invoice", 404)
        return dict(found)
