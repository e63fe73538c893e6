"""The doctor's checks of Telegram, its webhook, mail and the message centre."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import aiosmtplib
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramUnauthorizedError

from account.errors import CarrierNotReached, CarrierUnavailable
from bot.app.message_centre import centre_of
from bot.cli.doctor.verdict import Warn, Wrong
from bot.config.settings import Settings
from bot.config.variables import TELEGRAM
from bot.ops.causes import unreached, where
from bot.ops.clock import SteadyClock
from bot.telegram.client import make_bot
from bot.updates.webhook_health import delivery_failure
from carrier.mail import MailSender
from carrier.sms.smpp.session import BindRefused, Session


async def telegram(settings: Settings) -> str:
    """Who we are there. Raises `Wrong`."""
    bot = make_bot(settings)
    try:
        return f"@{(await bot.get_me()).username}"
    except TelegramAPIError as fault:
        raise Wrong(_telegram_cause(fault, settings)) from None
    finally:
        await bot.session.close()


def _telegram_cause(fault: TelegramAPIError, settings: Settings) -> str:
    address = where(settings.telegram_url)
    if isinstance(fault, TelegramUnauthorizedError):
        name = "BOT_TOKEN_FILE" if settings.bot_token_file else "BOT_TOKEN"
        return (
            f"{address}: status 401: MYACCOUNT_{name}: Telegram does not know this token: copy it "
            "from @BotFather again, or have a new one made there."
        )
    if isinstance(fault, TelegramNetworkError):
        if settings.telegram_proxy is not None:
            address += f" (through {where(settings.telegram_proxy)})"
        cause = unreached(fault) or (
            "what answers there is not the Bot API: correct MYACCOUNT_TELEGRAM_URL, or look at the "
            "proxy between"
        )
        return f"{address}: {cause}."
    if type(fault).__name__ == "TelegramNotFound":
        return (
            f"{address}: status 404: no Bot API at this address, or the token is not one: correct "
            "MYACCOUNT_TELEGRAM_URL or the token."
        )
    return f"{address}: {type(fault).__name__}: Telegram refuses the call: try again later."


async def webhook(settings: Settings) -> str:
    """What Telegram says of our webhook. Raises `Wrong`."""
    wanted = settings.webhook_url
    path = urlsplit(wanted).path or "/" if wanted else ""
    listens = f"{settings.webhook_host}:{settings.webhook_port}{path}"
    public = settings.telegram_url == TELEGRAM
    if wanted is not None and public and not wanted.startswith("https://"):
        raise Wrong(
            f"MYACCOUNT_WEBHOOK_URL: {where(wanted)}: Telegram takes https:// alone: put a proxy "
            f"with TLS before {listens} and name its address."
        )
    bot = make_bot(settings)
    try:
        told = await bot.get_webhook_info()
    except TelegramAPIError:
        return Warn("nothing is known while Telegram does not answer")
    finally:
        await bot.session.close()
    if wanted is None:
        if told.url:
            return Warn(
                f"one is set ({where(told.url)}) though none is configured: the bot removes it "
                "when it starts; if it is not yours, revoke the token at @BotFather"
            )
        return "none: the bot polls"
    if told.url != wanted:
        other = where(told.url) if told.url else "none"
        return Warn(f"{other} is set at Telegram: the bot sets {where(wanted)} when it starts")
    # Of the calls that came this process knows nothing: what waits tells an old fault from a new.
    dark = delivery_failure(told, None)
    if dark is not None:
        at = f"{told.last_error_date or datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        raise Wrong(f"MYACCOUNT_WEBHOOK_URL: {dark} (last at {at}); the bot listens on {listens}.")
    return f"{where(wanted)} is set, and the bot listens on {listens}"


async def mail(settings: Settings) -> str:
    """Greet the server and log in. Raises `Wrong` with the step that failed and its answer."""
    if settings.smtp_url is None:
        return "no server is set: codes go by SMS alone"
    sender = MailSender(settings.smtp_url, settings.mail_from, SteadyClock())
    try:
        await sender.check()
    except CarrierUnavailable as fault:
        raise Wrong(f"MYACCOUNT_SMTP_URL: {where(settings.smtp_url)}: {_step(fault)}.") from None
    return f"{where(settings.smtp_url)} answers"


def _step(fault: CarrierUnavailable) -> str:
    cause = fault.__cause__ or fault.__context__
    answer = ""
    if isinstance(cause, aiosmtplib.SMTPResponseException):
        said = "".join(sign for sign in str(cause.message) if sign.isprintable())[:120]
        answer = f" ({cause.code} {said})"
    if isinstance(cause, aiosmtplib.SMTPAuthenticationError):
        return f"login: it refuses user or password{answer}: correct them in the address"
    if isinstance(cause, aiosmtplib.SMTPConnectResponseError):
        return f"greeting: it sends us away{answer}: have it take letters from this machine"
    if isinstance(cause, aiosmtplib.SMTPHeloError):
        return f"EHLO: it refuses our name{answer}: correct the domain of MYACCOUNT_MAIL_FROM"
    known = unreached(cause) if cause is not None else None
    if known is not None:
        return f"connection: {known}"
    # Before STARTTLS, which is named in this fault's text as well.
    if isinstance(cause, aiosmtplib.SMTPException) and "AUTH EXT" in str(cause).upper():
        return "login: it takes no passwords: correct the port (587 or 465), or leave user out"
    if cause is not None and "STARTTLS" in str(cause).upper():
        return (
            "STARTTLS: it does not offer it: correct the port, or write smtps://; where the "
            "network is yours alone starttls=never"
        )
    name = type(cause).__name__ if cause is not None else str(fault)
    return f"it does not speak as a mail server does ({name}{answer}): correct host and port"


async def sms(settings: Settings) -> str:
    """Bind to the message centre and unbind again. Raises `Wrong`."""
    if settings.smpp_url is None:
        return "by TMF681, see operator"
    centre = centre_of(settings.smpp_url, settings.smpp_password)
    address = f"MYACCOUNT_SMPP_URL: {where(settings.smpp_url)}"
    try:
        session = await Session.open(centre, _never)
    except BindRefused as refused:
        raise Wrong(f"{address}: {_bind_cause(refused.status)}.") from None
    except (CarrierNotReached, OSError, CarrierUnavailable) as error:
        cause = unreached(error) or (
            "it does not answer the bind: correct the port, or write smpps:// for TLS"
        )
        raise Wrong(f"{address}: {cause}.") from None
    await session.close()
    return f"{where(settings.smpp_url)} binds us"


def _bind_cause(status: int) -> str:
    if status in (0x0E, 0x0F):
        what = "the password" if status == 0x0E else "the system_id"
        return f"bind refused, status {status:#x}: it does not take {what}: correct it"
    if status in (0x05, 0x0D):
        return (
            f"bind refused, status {status:#x}: it is bound already or lets in no more: have the "
            "centre allow one more bind, or stop the other one"
        )
    return f"bind refused, status {status:#x}: ask the centre's engineers what it stands for"


async def _never(_receipt: object) -> None:
    """A receipt that comes to the doctor is not its own: the centre sends it again."""
    raise ConnectionError("not kept")
