"""Proving oneself once more for one risky change (G-8, safety.md section 2).

The code is bound to the offer itself: its purpose names the action's id, and the offer's parameters
never change, so a code for one change is worth nothing for another. Typed right into its own prompt
it is the confirmation (G-6); the person's own proof (`ChangeSpec.identifies`) confirms nothing.
"""

from __future__ import annotations

from account.access.profile import Profile
from account.changes.action import Action, ActionKind, ActionState
from account.changes.confirmation import ChangeConfirmation
from account.changes.ports import ActionStore
from account.changes.sensitive_numbers import SensitiveNumbers
from account.credentials.one_time_codes import (
    COMPANY_SMS_A_DAY,
    Address,
    Asker,
    CodeAsked,
    CodeMessage,
    Codes,
    CodeTry,
    sms_of_day,
)
from account.effects.effect import Channel, Effect
from account.errors import ConfirmExpired, NumberTakenOver, StepUpRequired
from account.identity.directory import Directory
from account.identity.permissions import Actor, require
from account.identity.sessions import Session
from account.values.clock import Clock


class StepUp:
    """Asks for a fresh one-time code before a change may be confirmed.

    Where that code proves a new place (`ChangeSpec.identifies`), the person proves themselves
    first.
    """

    def __init__(
        self,
        carrier: Directory,
        actions: ChangeConfirmation,
        store: ActionStore,
        codes: Codes,
        clock: Clock,
        sensitive_numbers: SensitiveNumbers,
        profile: Profile,
        sms_a_day: int = COMPANY_SMS_A_DAY,
    ) -> None:
        self._carrier = carrier
        self._actions = actions
        self._store = store
        self._codes = codes
        self._clock = clock
        self._sensitive_numbers = sensitive_numbers
        self._sms_a_day = sms_a_day
        self._profile = profile

    # --- the person ---

    async def must_identify(self, actor: Actor, token: str) -> bool:
        """Whether that comes next. Raises `ConfirmExpired` and the refusals of `require`."""
        return self._is_unidentified(await self._offered(actor, token))

    async def ask_who(self, actor: Actor, token: str, language: str) -> CodeAsked:
        """Send a code to where the administrator's codes go, to prove that it is them.

        Raises as `ask`.
        """
        action = await self._offered(actor, token)
        address = await self.address(actor)
        return await self._issue(actor, action, address, "code.identify", language)

    async def identify(self, actor: Actor, token: str, typed: str) -> None:
        """Check that code. One that comes again changes nothing. Raises as `enter`."""
        action = await self._offered(actor, token)
        if action.identified_at is not None:
            return
        await self._codes.check(actor.phone, actor.telegram_id, _purpose(action, who=True), typed)
        await self._identified(action)

    async def identify_by_password(
        self, actor: Actor, token: str, password: str, language: str
    ) -> None:
        """Take the present password for it. Raises `ConfirmExpired`, and as `Profile.prove`."""
        action = await self._offered(actor, token)
        what = self._actions.spec(action.kind).what
        await self._profile.prove(actor, password, language, what=what)
        await self._identified(action)

    async def _identified(self, action: Action) -> None:
        now = self._clock.now()
        if now >= action.expires_at:
            raise ConfirmExpired
        await self._store.identify(action.id, now)

    # --- the change ---

    async def check_budget(self, actor: Actor) -> None:
        """Before what needs a code is begun: raises the `LoginRefused` that would end it."""
        await self._codes.check_budget(actor.phone, actor.telegram_id)

    async def ask(
        self, actor: Actor, token: str, language: str, *, names: ActionKind | None = None
    ) -> CodeAsked:
        """Send a code to the administrator; it names the change and the number's last digits.

        Of a change and what takes it back it `names` the one that needs the code.
        Not by SMS to a number that was taken over within 72 h (S16-5). Raises `ConfirmExpired`,
        `StepUpRequired` before the person proved themselves where they must, `NumberTakenOver`,
        `CodeTooEarly`, `CodeSendsExceeded`, `CodeAttemptsExceeded`, `CodeSmsExceeded`,
        `CarrierUnavailable` and the refusals of `require`.
        """
        action = await self._offered(actor, token)
        self._check_identified(action)
        address = self._actions.spec(action.kind).code_to(action)
        if address is None:
            address = await self.address(actor)
        return await self._issue(actor, action, address, "code.step_up", language, names)

    async def enter(self, actor: Actor, token: str, typed: str) -> tuple[Action, bool]:
        """Confirm the change by its code (G-6): `ChangeConfirmation.confirm`, by its right code.

        Whatever is typed once it is confirmed changes nothing, and gives its present state: a crash
        may have lost the window that followed, or the person typed twice. Raises `CodeMalformed`,
        `CodeInvalid`, `CodeExpired`, `CodeAttemptsExceeded`, and as `confirm`.
        """
        action = await self._actions.find(actor, token)
        if action.state is not ActionState.OFFERED:
            return await self._actions.confirm(actor, token)
        return await self._actions.confirm(actor, token, self._proof(actor, action, typed))

    async def spent(self, session: Session, typed: str) -> bool:
        """Tell whether what is typed outside of a prompt is a code of theirs, used a moment ago."""
        return await self._codes.spent(session.phone, session.telegram_id, typed)

    async def proof(self, actor: Actor, token: str, typed: str) -> CodeTry:
        """That code for what is done by the press itself (`ChangeConfirmation.use_up`).

        Raises `CodeMalformed`, `ConfirmExpired`, `StepUpRequired` and the refusals of `require`.
        """
        return self._proof(actor, await self._offered(actor, token), typed)

    def _proof(self, actor: Actor, action: Action, typed: str) -> CodeTry:
        self._check_identified(action)
        return self._codes.typed(actor.phone, actor.telegram_id, _purpose(action), typed)

    def _check_identified(self, action: Action) -> None:
        if self._is_unidentified(action):
            raise StepUpRequired

    def _is_unidentified(self, action: Action) -> bool:
        identifies = self._actions.spec(action.kind).identifies
        return identifies and not action.identified(self._clock.now())

    # --- either ---

    async def address(self, actor: Actor) -> Address | None:
        """Where the person's codes go. Raises `NumberTakenOver` where none may be sent now."""
        administrator = await self._carrier.administrator(actor.phone)
        address = await self._sensitive_numbers.code_address(actor.phone, administrator)
        if address is None and await self._sensitive_numbers.recent(actor.phone):
            raise NumberTakenOver
        return address

    async def _issue(
        self,
        actor: Actor,
        action: Action,
        address: Address | None,
        kind: str,
        language: str,
        names: ActionKind | None = None,
    ) -> CodeAsked:
        message = None
        if address is not None:
            about = {
                "action": (names or action.kind).value,
                "last4": action.msisdn.last4,
                "chat": str(actor.telegram_id),
            }
            message = CodeMessage(address, kind, language, about)
        counted: list[Effect] = []
        if address is not None and address.channel is Channel.SMS:
            counted.append(sms_of_day(action.company_id, self._clock.now(), self._sms_a_day))
        purpose = _purpose(action, who=kind == "code.identify")
        asker = Asker(actor.telegram_id, trusted=True)
        return await self._codes.issue(actor.phone, asker, purpose, message, counted)

    async def _offered(self, actor: Actor, token: str) -> Action:
        action = await self._actions.find(actor, token)
        require(actor, self._actions.spec(action.kind).right)
        await self._actions.freezes.check(actor)
        if action.state is not ActionState.OFFERED or self._clock.now() >= action.expires_at:
            raise ConfirmExpired
        return action


def _purpose(action: Action, *, who: bool = False) -> str:
    return f"step-up:{action.id}:who" if who else f"step-up:{action.id}"
