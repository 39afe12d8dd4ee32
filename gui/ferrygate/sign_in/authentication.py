"""Takes the steps of one sign-in in the site's order; each secret leaves at most once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from ferrygate.codes import join
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import FerrygateError, SignInMethodError, SignInRefusedError
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.common.server_words import shown_words
from ferrygate.sign_in.attempt_slot import AttemptSlot
from ferrygate.sign_in.auth_unanswered import auth_unanswered, connection_lost
from ferrygate.sign_in.credentials import (
    Credentials,
    code_used,
    no_code_secret,
    present_password,
)
from ferrygate.sign_in.ledger import End, Ledger
from ferrygate.sign_in.methods import KEY, PASSWORD, PROMPTS, can_take, other_steps
from ferrygate.sign_in.prompts import Wanted
from ferrygate.sign_in.refused import SentCode, refused
from ferrygate.sign_in.responder import PromptObserver, Responder, password_expired
from ferrygate.sign_in.steps import (
    AuthAnswered,
    MethodsOffered,
    ReportStep,
    SecretSent,
    Sent,
)
from ferrygate.sign_in.time_steps import seconds_to_code, steps_of, take_step
from ferrygate.sites.site import Site
from ferrygate.ssh.answers import AuthAnswer, AuthOutcome
from ferrygate.ssh.connection import Connection
from ferrygate.ssh.private_key import load_private_key

_RSA = "ssh-rsa"
# A key is shown without asking first: it is not spent, and a refusal names the methods as well.
_KEY_OFFERED = AuthAnswer(AuthOutcome.REFUSED, (KEY,))
# Seconds for which a verdict is still waited for once the sign-in is cancelled: what has left and
# has no known end counts as refused.
_GRACE_SECONDS = 3.0


class StepObserver(PromptObserver, Protocol):
    """Shows how the steps go; called on the thread that takes them."""

    def waiting_for_code(self, until: float) -> None:
        """Show that the next code is waited for, which comes at ``until`` (epoch)."""


class Authentication:
    """Sends the secrets of one attempt, and reads the server's answers."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        slot: AttemptSlot,
        observer: StepObserver,
        cancel: CancelToken,
        report: ReportStep,
    ) -> None:
        """Begin.

        Args:
            ledger: knows the codes that were sent.
            clock: the time.
            slot: the attempt's.
            observer: asks the person, and shows how the attempt goes.
            cancel: ends the attempt.
            report: takes each step once it is done.
        """
        self._ledger = ledger
        self._clock = clock
        self._slot = slot
        self._observer = observer
        self._cancel = cancel
        self._report = report
        self._banner = ""  # as far as it was reported
        self._more_than_password = False  # a code left, or what the person was asked for
        self._sent_code: SentCode | None = None
        self._given: set[Wanted] = set()  # over all steps
        self._cancelled_at: float | None = None

    def seconds_to_code(self, secret: CodeSecret) -> float:
        """Return the seconds that :meth:`wait_for_code` takes."""
        claimed = partial(self._ledger.is_claimed, secret)
        return seconds_to_code(secret, claimed, self._clock.now())

    def wait_for_code(self, secret: CodeSecret) -> None:
        """Wait until there is a code to send, and claim none."""
        self._take_step(secret, lambda step: not self._ledger.is_claimed(secret, step))

    def sign_in(self, site: Site, credentials: Credentials, connection: Connection) -> None:
        """Take the site's steps until the server is content.

        Raises:
            SignInRefusedError: the server said no.
            PasswordExpiredError: the server wants the password to be changed first.
            PromptUnansweredError: the server asked what only a person can answer.
            SignInMethodError: the server wants other steps, or another type of key.
            SignInUnansweredError: a secret has left, and what became of it is unknown.
            ServerBusyError, CannotReachError, ConnectionLostError: it came to nothing before.
            PassphraseMissingError: the private key needs one.
            Cancelled: as asked.
        """
        connection.while_waiting(self._still_waiting)
        if site.sign_in.steps[0] == KEY:
            answer = _KEY_OFFERED
        else:  # a password or a code is not spent on a server that wants something else
            answer = connection.auth_none(site.username)
        if answer.outcome is not AuthOutcome.UNKNOWN:
            is_assumed = answer is _KEY_OFFERED
            self._report(MethodsOffered(answer.methods, is_assumed, self._new_banner(connection)))
        for step in site.sign_in.steps:
            if answer.outcome is AuthOutcome.ACCEPTED:
                break
            if answer.outcome is AuthOutcome.UNKNOWN:
                raise self._auth_unanswered(site, answer)
            answer = self._take(step, answer.methods, site, credentials, connection)
        if answer.outcome is AuthOutcome.UNKNOWN:
            raise self._auth_unanswered(site, answer)
        if answer.outcome is AuthOutcome.PARTIAL:
            raise other_steps(site, answer.methods)
        self._slot.end = End.ACCEPTED if self._proves_account(site) else End.NOT_COUNTED

    def _proves_account(self, site: Site) -> bool:
        """Tell whether an account that counts refusals has now seen what makes it forget them.

        A server that lets in without a password has asked nobody; and Okta forgets none before
        it has seen a code.
        """
        if site.sign_in.okta_address:
            return self._more_than_password
        return self._slot.end is End.REFUSED

    def _take(
        self,
        step: str,
        offered: tuple[str, ...],
        site: Site,
        credentials: Credentials,
        connection: Connection,
    ) -> AuthAnswer:
        if not can_take(step, offered):
            raise other_steps(site, offered)
        if step == KEY:
            answer = self._show_key(site, credentials, connection)
        elif step == PASSWORD and step in offered:
            answer = self._send_password(site, credentials, connection)
        else:
            is_whole = step == PASSWORD
            answer = self._answer_prompts(site, credentials, connection, is_whole=is_whole)
        if answer.outcome is AuthOutcome.REFUSED:
            raise self._refused(answer.detail)
        if answer.outcome is AuthOutcome.KEY_TYPE:
            raise _other_key(answer.detail)
        if answer.outcome is AuthOutcome.EXPIRED:
            self._slot.end = End.NOT_COUNTED  # the server took it as right
            raise password_expired(shown_words(answer.server_said))
        return answer

    def _show_key(self, site: Site, credentials: Credentials, connection: Connection) -> AuthAnswer:
        """Sign in with the site's private key.

        Raises:
            SignInRefusedError, SignInMethodError: the server does not take it.
        """
        key = load_private_key(Path(site.sign_in.private_key), credentials.passphrase)
        self._report(SecretSent(KEY, (Sent.KEY,), key.get_name()))
        answer = self._answered(KEY, connection.auth_publickey(site.username, key), connection)
        if answer.outcome is AuthOutcome.REFUSED:
            if KEY not in answer.methods:
                raise other_steps(site, answer.methods)
            raise _key_refused(key.get_name(), answer.detail)
        return answer

    def _send_password(
        self, site: Site, credentials: Credentials, connection: Connection
    ) -> AuthAnswer:
        password = self._joined(site, credentials, connection)
        has_code = join.needs_code(site.sign_in.join)
        self._given.add(Wanted.BOTH if has_code else Wanted.PASSWORD)
        self._observer.signing_in()
        sent = Sent.PASSWORD_AND_CODE if has_code else Sent.PASSWORD
        self._report(SecretSent(PASSWORD, (sent,)))
        answer = connection.auth_password(site.username, password)
        return self._answered(PASSWORD, answer, connection)

    def _answer_prompts(
        self, site: Site, credentials: Credentials, connection: Connection, *, is_whole: bool
    ) -> AuthAnswer:
        """Answer what the server asks; ``is_whole`` as for :class:`Responder`'s ``whole``."""
        responder = Responder(
            self._slot,
            self._observer,
            site,
            credentials,
            lambda: self.spend_code(credentials, connection),
            self._given,
            note_code=self._note_code,
            refused=self._refused,
            report=self._report,
            whole=is_whole,
        )
        self._report(SecretSent(PROMPTS, (Sent.REQUEST,)))
        answer = connection.auth_interactive(site.username, responder.respond)
        answer = self._answered(PROMPTS, answer, connection)
        self._more_than_password |= responder.person_answered
        return answer

    def _answered(self, method: str, answer: AuthAnswer, connection: Connection) -> AuthAnswer:
        """Report an answer, and return it."""
        detail = answer.detail
        if answer.disconnect is not None:
            detail = f"disconnect, code {answer.disconnect.code}"
        banner = self._new_banner(connection)
        self._report(AuthAnswered(method, answer.outcome, answer.methods, detail, banner))
        return answer

    def _new_banner(self, connection: Connection) -> str:
        """Return the server's banner if there is more of it than was reported."""
        before, self._banner = self._banner, connection.banner
        return "" if self._banner == before else self._banner

    def _still_waiting(self) -> None:
        """Keep the slot while the server's answer is waited for; end the wait once cancelled."""
        self._slot.renew()
        if self._cancel.cancelled:
            now = self._clock.monotonic()
            self._cancelled_at = now if self._cancelled_at is None else self._cancelled_at
            if now - self._cancelled_at >= _GRACE_SECONDS:
                self._cancel.check()

    # ------------------------------------------------------------ secrets on their way

    def _joined(self, site: Site, credentials: Credentials, connection: Connection) -> Secret:
        """Join password and code as the site says; from here on the code counts as sent."""
        code = ""
        if join.needs_code(site.sign_in.join):
            code = self.spend_code(credentials, connection)
        else:
            self._slot.sending()
        return join.join(site.sign_in.join, present_password(credentials.password), code)

    def spend_code(self, credentials: Credentials, connection: Connection) -> str:
        """Claim a code that leaves now; waits for a fresh one where that is needed.

        Raises:
            CodeNeededError: the code that was typed left before, or has become too old.
            SecretsMissingError: there is none.
            ConnectionLostError, SignInUnansweredError: the connection has ended.
        """
        secret, typed = credentials.code_secret, credentials.typed_code
        if typed is not None:
            typed.check_age(self._clock)
            code = typed.code.reveal()
            steps = [] if secret is None else steps_of(secret, typed.code, self._clock.now())
            if not self._slot.claim_typed(typed.code, secret, steps):
                raise code_used()
            give_back = partial(self._slot.give_typed_back, typed.code, secret, steps)
        elif secret is not None:
            step = self._take_step(secret, lambda step: self._slot.claim(secret, step))
            code = secret.code_for_step(step)
            give_back = partial(self._slot.give_back, secret, step)
        else:
            raise no_code_secret()
        if not connection.alive:  # then it surely does not leave
            give_back()
            has_sent = self._slot.end is End.REFUSED  # the password, in an earlier round
            raise connection_lost("ended while waiting for a code", has_sent=has_sent)
        self._slot.end = End.REFUSED
        self._more_than_password = True
        correction = 0 if secret is None else -secret.epoch
        self._sent_code = SentCode(typed=typed is not None, correction=correction)
        if typed is not None:
            self._observer.code_typed(at_prompt=False)
        return code

    def _note_code(self, code: Secret) -> None:
        """Claim a code that a person answers a prompt with, and note it for a refusal's text."""
        self._slot.claim_typed(code, None, [])
        self._sent_code = SentCode(typed=True)

    def _take_step(self, secret: CodeSecret, claim: Callable[[int], bool]) -> int:
        return take_step(secret, claim, self._clock, self._cancel, self._wait)

    def _wait(self, until: float) -> None:
        self._slot.renew()
        self._observer.waiting_for_code(until)

    def _auth_unanswered(self, site: Site, answer: AuthAnswer) -> FerrygateError:
        """Make the error for an authentication request that the server did not answer."""
        return auth_unanswered(site, answer, has_sent=self._slot.end is End.REFUSED)

    def _refused(self, detail: str, server_said: str = "") -> SignInRefusedError:
        count = self._slot.refusals + 1
        detail = f"refusals in a row: {count}" + (f"; {detail}" if detail else "")
        return refused(count, self._sent_code, detail=detail, server_said=server_said)


def _key_refused(key_type: str, detail: str) -> SignInRefusedError:
    """Make the error for a refused key; old servers refuse RSA with SHA-2 (RFC 8332)."""
    if key_type.startswith(_RSA):
        step = message(
            "Ask your contact whether the key belongs to this account. An old server may not take"
            " RSA keys as they are used today: then a key of another type, such as Ed25519, helps."
        )
    else:
        step = message("Ask your contact whether the key belongs to this account.")
    return SignInRefusedError(
        message("The server did not take the private key."),
        next_step=step,
        detail="; ".join(part for part in (key_type, detail) if part),
    )


def _other_key(detail: str) -> SignInMethodError:
    return SignInMethodError(
        message("The server does not take private keys of this type in a way that is still safe."),
        next_step=message("Ask your contact which type of key it takes, such as Ed25519."),
        detail=detail,
    )
