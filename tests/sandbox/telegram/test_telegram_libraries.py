"""Unmodified clients of two independent libraries work against the sandbox."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiogram
import pytest
import telegram
from aiogram import F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.filters import CommandStart
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram import ext

from sandbox.world import World
from tests.sandbox.telegram.side import ADMINISTRATOR, PeopleSide, until

ASKED_NAME, ASKED_PHOTO = range(2)


@pytest.fixture
async def guest(session: Any) -> PeopleSide:
    """Somebody who has not pressed Start yet."""
    made = PeopleSide(session)
    await made.arrive()
    return made


# python-telegram-bot


def ptb_builder(world: World) -> Any:
    return (
        ext.ApplicationBuilder()
        .token("77:PTB")
        .base_url(f"{world.http_url}/bot")
        .base_file_url(f"{world.http_url}/file/bot")
    )


@asynccontextmanager
async def ptb_running(application: Any) -> AsyncIterator[None]:
    async with application:
        await application.start()
        await application.updater.start_polling(timeout=1)
        yield
        await application.updater.stop()
        await application.stop()


@pytest.mark.filterwarnings("ignore:.*retry_after:telegram.warnings.PTBDeprecationWarning")
async def test_ptb_bot(world: World, session: Any, guest: PeopleSide) -> None:
    bot = telegram.Bot(
        "77:PTB",
        base_url=f"{world.http_url}/bot",
        base_file_url=f"{world.http_url}/file/bot",
    )
    async with bot:
        assert bot.username == "my_account_77_bot"
        with pytest.raises(telegram.error.Forbidden, match="can't initiate conversation"):
            await bot.send_message(ADMINISTRATOR, "hello")
        for kind in ("sticker", "voice", "video", "location", "poll", "photo"):
            await guest.give(**{kind: True})
        await guest.give(contact="own")
        updates = await bot.get_updates(timeout=1)
        assert len(updates) == 7
        assert updates[-1].message is not None
        assert updates[-1].message.contact is not None
        assert updates[-1].message.contact.user_id == ADMINISTRATOR
        await bot.set_my_commands([("menu", "Menu")])
        assert [one.command for one in await bot.get_my_commands()] == ["menu"]
        chat = await bot.get_chat(ADMINISTRATOR)
        assert chat.first_name == "Assel"
        sent = await bot.send_document(
            ADMINISTRATOR,
            io.BytesIO(b"abc"),
            filename="отчёт.xlsx",
            caption="<b>x</b>",
            parse_mode="HTML",
        )
        assert sent.document is not None
        assert sent.document.file_name == "отчёт.xlsx"
        file = await sent.document.get_file()
        assert bytes(await file.download_as_bytearray()) == b"abc"
        with pytest.raises(telegram.error.BadRequest, match="Message is not modified"):
            await sent.edit_caption("<b>x</b>", parse_mode="HTML")
        await guest.fault("http_429", match="sendMessage", seconds=5)
        with pytest.raises(telegram.error.RetryAfter):
            await bot.send_message(ADMINISTRATOR, "hello")


async def test_ptb_conversation(world: World, guest: PeopleSide) -> None:
    """A conversation with a one-time keyboard, a photo and a cancelling command."""

    async def begin(update: Any, context: Any) -> int:
        keyboard = telegram.ReplyKeyboardMarkup([["Aida", "Marat"]], one_time_keyboard=True)
        await update.message.reply_text("Who are you?", reply_markup=keyboard)
        return ASKED_NAME

    async def name(update: Any, context: Any) -> int:
        context.user_data["name"] = update.message.text
        await update.message.reply_text("A photo?", reply_markup=telegram.ReplyKeyboardRemove())
        return ASKED_PHOTO

    async def photo(update: Any, context: Any) -> int:
        file = await update.message.photo[-1].get_file()
        size = len(await file.download_as_bytearray())
        await update.message.reply_text(f"{context.user_data['name']}, {size > 0}")
        return int(ext.ConversationHandler.END)

    async def cancel(update: Any, context: Any) -> int:
        await update.message.reply_text("Bye")
        return int(ext.ConversationHandler.END)

    application = ptb_builder(world).build()
    application.add_handler(
        ext.ConversationHandler(
            entry_points=[ext.CommandHandler("start", begin)],
            states={
                ASKED_NAME: [ext.MessageHandler(ext.filters.Regex("^(Aida|Marat)$"), name)],
                ASKED_PHOTO: [ext.MessageHandler(ext.filters.PHOTO, photo)],
            },
            fallbacks=[ext.CommandHandler("cancel", cancel)],
        )
    )

    async def last_is(text: str) -> None:
        async def check() -> bool:
            return (await guest.texts())[-1:] == [text]

        await until(check)

    async with ptb_running(application):
        await guest.say("/start")
        await last_is("Who are you?")
        await guest.tap(text="Aida")
        await last_is("A photo?")
        assert (await guest.chat())["reply_keyboard"] is None
        await guest.give(photo=True)
        await last_is("Aida, True")
        await guest.say("/start")
        await last_is("Who are you?")
        await guest.say("/cancel")
        await last_is("Bye")


async def test_ptb_inline_keyboard(world: World, guest: PeopleSide) -> None:
    async def offer(update: Any, context: Any) -> None:
        row = [
            telegram.InlineKeyboardButton("Block", callback_data="block"),
            telegram.InlineKeyboardButton("Cancel", callback_data="cancel"),
        ]
        await update.message.reply_text("Sure?", reply_markup=telegram.InlineKeyboardMarkup([row]))

    async def chosen(update: Any, context: Any) -> None:
        await update.callback_query.answer()
        await update.callback_query.edit_message_text(f"Chosen: {update.callback_query.data}")

    application = ptb_builder(world).build()
    application.add_handler(ext.CommandHandler("start", offer))
    application.add_handler(ext.CallbackQueryHandler(chosen))
    async with ptb_running(application):
        await guest.say("/start")

        async def offered() -> bool:
            return (await guest.texts())[-1] == "Sure?"

        async def done() -> bool:
            chat = await guest.chat()
            return chat["messages"][-1]["text"] == "Chosen: block" and len(chat["answers"]) == 1

        await until(offered)
        await guest.tap(text="Block")
        await until(done)
        assert "reply_markup" not in (await guest.chat())["messages"][-1]


# aiogram


@asynccontextmanager
async def aiogram_bot(world: World) -> AsyncIterator[aiogram.Bot]:
    server = TelegramAPIServer.from_base(world.http_url)
    bot = aiogram.Bot("88:AIOGRAM", session=AiohttpSession(api=server))
    try:
        yield bot
    finally:
        await bot.session.close()


def number_bot() -> aiogram.Dispatcher:
    dispatcher = aiogram.Dispatcher()

    @dispatcher.message(CommandStart(deep_link=True))
    async def linked(message: Message, command: Any) -> None:
        button = KeyboardButton(text="Share my number", request_contact=True)
        await message.answer(
            f"Linked: {command.args}",
            reply_markup=ReplyKeyboardMarkup(keyboard=[[button]], resize_keyboard=True),
        )

    @dispatcher.message(F.contact)
    async def shared(message: Message) -> None:
        assert message.contact is not None
        assert message.from_user is not None
        own = message.contact.user_id == message.from_user.id
        await message.answer(f"Own: {own}", reply_markup=ReplyKeyboardRemove())
        button = InlineKeyboardButton(text="File", callback_data="file", style="success")
        await message.answer("Menu", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))

    @dispatcher.callback_query(F.data == "file")
    async def file(query: CallbackQuery) -> None:
        await query.answer("Wait", show_alert=True)
        assert isinstance(query.message, Message)
        await query.message.answer_document(BufferedInputFile(b"rows", "отчёт.csv"))
        await query.message.delete()

    return dispatcher


async def test_aiogram_dispatcher(world: World, guest: PeopleSide) -> None:
    async with aiogram_bot(world) as bot:
        dispatcher = number_bot()
        polling = asyncio.ensure_future(
            dispatcher.start_polling(bot, polling_timeout=1, handle_signals=False)
        )
        first = await until_bot(guest)
        assert first == "my_account_88_bot"
        await guest.say("/start abc_1-2")

        async def asked() -> bool:
            return (await guest.texts())[-1] == "Linked: abc_1-2"

        async def menu() -> bool:
            return (await guest.texts())[-2:] == ["Own: True", "Menu"]

        async def sent() -> bool:
            messages = (await guest.chat())["messages"]
            named = messages[-1].get("document", {}).get("file_name")
            return named == "отчёт.csv" and "Menu" not in await guest.texts()

        await until(asked)
        await guest.tap(text="Share my number")
        await until(menu)
        chat = await guest.chat()
        button = chat["messages"][-1]["reply_markup"]["inline_keyboard"][0][0]
        assert button["style"] == "success"
        await guest.tap(text="File")
        await until(sent)
        await dispatcher.stop_polling()
        await polling


async def until_bot(people: PeopleSide) -> str:
    async def called() -> bool:
        return bool(await people.do("GET", "telegram/bots"))

    await until(called)
    return str((await people.do("GET", "telegram/bots"))[0]["username"])


async def test_aiogram_errors(world: World, guest: PeopleSide) -> None:
    async with aiogram_bot(world) as bot:
        await bot.get_me()
        with pytest.raises(TelegramForbiddenError):
            await bot.send_message(ADMINISTRATOR, "hello")
        for kind in ("sticker", "voice", "video", "location", "poll", "photo"):
            await guest.give(**{kind: True})
        assert len(await bot.get_updates()) == 6
        with pytest.raises(TelegramBadRequest, match="can't parse entities"):
            await bot.send_message(ADMINISTRATOR, "<b>", parse_mode="HTML")
        await guest.fault("http_429", match="sendMessage", seconds=2)
        with pytest.raises(TelegramRetryAfter) as refused:
            await bot.send_message(ADMINISTRATOR, "hello")
        assert refused.value.retry_after == 2
        await guest.do("POST", "users", {"id": -5, "title": "Team", "members": [700]})
        full = await bot.get_chat(-5)
        assert full.title == "Team"
        member = await bot.get_chat_member(-5, ADMINISTRATOR)
        assert member.status == "creator"
