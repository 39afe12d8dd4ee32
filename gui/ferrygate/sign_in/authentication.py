"""The steps of one sign-in, in the site's order, each secret leaving at most once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from ferrygate.codes import join
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import (
    ConnectionLostError,
    SignInRefusedError,
    UnsupportedError,
)
from ferrygate.common.i18n import _
from ferrygate.common.names import display_text
from ferrygate.common.secret import Secret
from ferrygate.sftp.connection import Answer, Connection, Outcome
from ferrygate.sftp.private_key import load_private_key
from ferrygate.sftp.transport import Prompt
from ferrygate.sign_in.codes import seconds_to_code, take_step
from ferrygate.sign_in.credentials import Credentials, no_code_secret, present_password
from ferrygate.sign_in.ledger import REFUSE_FROM, End, Ledger
from ferrygate.sign_in.prompts import Wanted, wanted
from ferrygate.sign_in.turn import Turn
from ferrygate.sites.site import Site

_KEY = "publickey"
# A key is shown without asking first: it is not spent, and a refusal names the methods as well.
_KEY_OFFERED = Answer(Outcome.REFUSED, (_KEY,))
_LONGEST_PROMPT = 300  # characters of a server's words that are shown, above a prompt and in it


class StepObserver(Protocol):
    """Told how the steps go, on the thread that takes them."""

    def waiting_for_code(self, until: float) -> None:
        """The code at hand is spent or nearly over; the next comes at ``until`` (epoch)."""

    def signing_in(self) -> None:
        """Password and code are on their way."""

    def answer_prompt(self, text: str, *, echo: bool) -> Secret | None:
        """Ask the person what the server asks in words nobody foresaw; none refuses."""
        ...


class Authentication:
    """One attempt's secrets on their way."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        turn: Turn,
        observer: StepObserver,
        cancel: CancelToken,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._turn = turn
        self._observer = observer
        self._cancel = cancel
        self._more_than_password = False  # a code left, or what the person was asked for

    def seconds_to_code(self, secret: CodeSecret) -> float:
        """How long :meth:`wait_for_code` takes."""
        claimed = partial(self._ledger.is_claimed, secret)
        return seconds_to_code(secret, claimed, self._clock.now())

    def wait_for_code(self, secret: CodeSecret) -> None:
        """Wait until there is a code to send, and claim none."""
        self._take_step(secret, lambda step: not self._ledger.is_claimed(secret, step))

    def sign_in(self, site: Site, credentials: Credentials, connection: Connection) -> None:
        """Take the site's steps until the server is content.

        Raises:
            SignInRefusedError: the server said no.
            UnsupportedError: the server wants other steps.
            ConnectionLostError: the connection ended before it answered.
            PassphraseMissingError: the private key needs one.
        """
        if site.sign_in.steps[0] == _KEY:
            answer = _KEY_OFFERED
        else:  # a password or a code is not spent on a server that wants something else
            answer = connection.auth_none(site.username)
        for step in site.sign_in.steps:
            if answer.outcome is Outcome.ACCEPTED:
                break
            if answer.outcome is Outcome.UNKNOWN:
                raise _lost(answer.detail)
            answer = self._take(step, answer.methods, site, credentials, connection)
        if answer.outcome is Outcome.UNKNOWN:
            raise _lost(answer.detail)
        if answer.outcome is Outcome.PARTIAL:
            raise _other_steps(site, answer.methods)
        self._turn.end = End.ACCEPTED if self._proves_account(site) else End.NOT_COUNTED

    def _proves_account(self, site: Site) -> bool:
        """Whether an account that counts refusals has now seen what makes it forget them.

        A server that lets in without a password has asked nobody; and Okta forgets none before
        it has seen a code.
        """
        if site.sign_in.okta_address:
            return self._more_than_password
        return self._turn.end is End.REFUSED

    def _take(
        self,
        step: str,
        offered: tuple[str, ...],
        site: Site,
        credentials: Credentials,
        connection: Connection,
    ) -> Answer:
        if step == _KEY and step in offered:
            key = load_private_key(Path(site.sign_in.private_key), credentials.passphrase)
            answer = connection.auth_publickey(site.username, key)
            if answer.outcome is Outcome.REFUSED and step not in answer.methods:
                raise _other_steps(site, answer.methods)
        elif step == "password" and step in offered:
            password = self._joined(site, credentials, connection)
            self._observer.signing_in()
            answer = connection.auth_password(site.username, password)
        elif "keyboard-interactive" in offered and step != _KEY:
            whole = step == "password"  # one prompt for what the password step would send
            responder = _Responder(self, self._turn, site, credentials, connection, whole=whole)
            answer = connection.auth_interactive(site.username, responder.respond)
        else:
            raise _other_steps(site, offered)
        if answer.outcome is Outcome.REFUSED:
            raise self._refused(step, answer.detail)
        return answer

    # ------------------------------------------------------------ secrets on their way

    def _joined(self, site: Site, credentials: Credentials, connection: Connection) -> Secret:
        """What the password step sends; from here on its code counts as sent."""
        code = ""
        if join.needs_code(site.sign_in.join):
            code = self.spend_code(credentials.code_secret, connection)
        else:
            self._turn.sending()
        return join.join(site.sign_in.join, present_password(credentials.password), code)

    def spend_code(self, secret: CodeSecret | None, connection: Connection) -> str:
        """Claim a code that leaves now; waits for a fresh one where that is needed."""
        if secret is None:
            raise no_code_secret()
        step = self._take_step(secret, lambda step: self._turn.claim(secret, step))
        if not connection.alive:  # then it surely does not leave
            self._turn.give_back(secret, step)
            raise _lost("ended while waiting for a code")
        self._turn.end = End.REFUSED
        self._more_than_password = True
        return secret.code_for_step(step)

    def ask_person(self, prompt: Prompt) -> Secret:
        """What the server asks in unforeseen words."""
        parts = (_shown(prompt.instruction), _shown(prompt.text))
        text = "\n".join(part for part in parts if part)
        answer = self._observer.answer_prompt(text, echo=prompt.echo)
        if answer is None:
            raise SignInRefusedError(
                _("The server asked a question that was not answered."),
                next_step=_("Sign in again, and answer it within two minutes."),
            )
        self._more_than_password = True
        return answer

    def _take_step(self, secret: CodeSecret, claim: Callable[[int], bool]) -> int:
        return take_step(secret, claim, self._clock, self._cancel, self._wait)

    def _wait(self, until: float) -> None:
        self._turn.renew()
        self._observer.waiting_for_code(until)

    def _refused(self, step: str, detail: str) -> SignInRefusedError:
        if step == _KEY:
            return SignInRefusedError(
                _("The server did not take the private key."),
                next_step=_("Ask your contact whether the key belongs to this account."),
                detail=detail,
            )
        refusals = self._turn.refusals + 1
        return SignInRefusedError(
            _("The server refused the sign-in."),
            next_step=_("Check your user name and password.")
            if refusals < REFUSE_FROM
            else _("Ask your contact to check your account before you try again."),
            detail=f"refusals in a row: {refusals}" + (f"; {detail}" if detail else ""),
        )


class _Responder:
    """Answers a server's prompts; each secret once, whatever it is asked again."""

    def __init__(
        self,
        authentication: Authentication,
        turn: Turn,
        site: Site,
        credentials: Credentials,
        connection: Connection,
        *,
        whole: bool,
    ) -> None:
        self._authentication = authentication
        self._turn = turn
        self._template = site.sign_in.join
        self._credentials = credentials
        self._connection = connection
        self._whole = whole
        self._given: set[Wanted] = set()

    def respond(self, prompts: tuple[Prompt, ...]) -> list[str]:
        """The answers to one round."""
        answers = []
        for prompt in prompts:
            self._turn.renew()  # a person may take two minutes for each
            answers.append(self._answer(prompt).reveal())
        return answers

    def _answer(self, prompt: Prompt) -> Secret:
        kind = wanted(prompt.text)
        if self._whole and kind is Wanted.PASSWORD:
            kind = Wanted.BOTH
        if kind is Wanted.UNKNOWN or (kind is Wanted.CODE and not self._credentials.code_secret):
            answer = self._authentication.ask_person(prompt)
            self._turn.sending()
            return answer
        if kind in self._given:  # it was not taken the first time
            raise SignInRefusedError(
                _("The server refused the sign-in."),
                next_step=_("Check your user name and password."),
                detail=f"asked again for {kind.value}",
            )
        self._given.add(kind)
        secret, connection = self._credentials.code_secret, self._connection
        if kind is Wanted.CODE:
            return Secret(self._authentication.spend_code(secret, connection))
        password = present_password(self._credentials.password)
        if kind is Wanted.BOTH and join.needs_code(self._template):
            code = self._authentication.spend_code(secret, connection)
            return join.join(self._template, password, code)
        self._turn.sending()
        return password


def _shown(words: str) -> str:
    """A server's words for people, line by line, cleaned and cut."""
    lines = (display_text(line.strip()) for line in words.splitlines())
    return "\n".join(line for line in lines if line)[:_LONGEST_PROMPT]


def _other_steps(site: Site, methods: tuple[str, ...]) -> UnsupportedError:
    return UnsupportedError(
        _("{host} wants this account to sign in another way.").format(host=site.host),
        next_step=_("Ask your contact for a new connection file."),
        detail=f"steps of the site: {', '.join(site.sign_in.steps)};"
        f" the server offers: {display_text(', '.join(methods)) or 'none'}",
    )


def _lost(detail: str) -> ConnectionLostError:
    return ConnectionLostError(
        _("The connection ended before the server answered."),
        next_step=_("Try again in a minute."),
        detail=detail,
    )
