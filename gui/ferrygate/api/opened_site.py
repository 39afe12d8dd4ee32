"""Wraps one open site in blocking methods: its secrets, its sign-in, and what Okta is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Self, TypeVar

from ferrygate.access_check.stages import CheckedAccess, CheckVerdict, StageResult
from ferrygate.api.arguments import RemotePath, demand, demand_callable, existing
from ferrygate.codes.totp import CodeSecret, LiveCode
from ferrygate.common.errors import Problem
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.engine.client import EngineClient
from ferrygate.engine.messages.checks import CheckAccess, CheckEnded, CheckStageEnded
from ferrygate.engine.messages.codes import (
    ApplySkew,
    CodeGivenOut,
    EnrolWithOkta,
    ExplainRefusal,
    MeasureSkew,
    RefusalExplained,
    ShowCode,
    SkewMeasured,
    UseCodeSecret,
)
from ferrygate.engine.messages.command import Request
from ferrygate.engine.messages.session import (
    ForgetSecret,
    SecretsChanged,
    SignIn,
    UsePassphrase,
    UsePassword,
)
from ferrygate.sites.site import Site

E = TypeVar("E")


class OpenedSite:
    """Works on one site that may not be signed in yet; used from one thread, and closed."""

    def __init__(self, client: EngineClient, site: Site) -> None:
        """Begin before a sign-in; :func:`ferrygate.api.connecting.open_session` makes these."""
        self._client = client
        self.site = site

    @property
    def at_hand(self) -> SecretsChanged:
        """Tell which secrets are at hand, without the secrets, and whether there is a keychain."""
        return self._client.at_hand or SecretsChanged(site=self.site)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Sign out and end everything."""
        self._client.close()

    # ------------------------------------------------------------ signing in

    def use_password(self, password: Secret, *, save: bool = False) -> None:
        """Use a password; ``save`` keeps it in the keychain once it is proven."""
        demand("password", password, Secret)
        self._client.do(UsePassword(self._client.number(), password, save))

    def use_code_secret(self, secret: CodeSecret, *, save: bool = False) -> None:
        """Use a code secret; ``save`` keeps it in the keychain once it is proven."""
        demand("secret", secret, CodeSecret)
        self._client.do(UseCodeSecret(self._client.number(), secret, save))

    def use_passphrase(self, passphrase: Secret, *, save: bool = False) -> None:
        """Use a private key's passphrase; ``save`` keeps it in the keychain once it is proven."""
        demand("passphrase", passphrase, Secret)
        self._client.do(UsePassphrase(self._client.number(), passphrase, save))

    def forget_secrets(self) -> None:
        """Drop password, code secret and passphrase, from memory and from the keychain.

        Raises:
            KeychainError: the keychain cannot be asked, or keeps one.
        """
        for kind in SecretKind:
            self._client.do(ForgetSecret(self._client.number(), kind))

    def sign_in(
        self,
        *,
        try_anyway: bool = False,
        typed_code: Secret | None = None,
        ask_code: bool = False,
    ) -> None:
        """Sign in with what is at hand, with a fresh code.

        Args:
            try_anyway: sign in once more after repeated refusals.
            typed_code: from a phone or a token, in place of one that is made here.
            ask_code: the prompter is asked for a code where none is at hand, now and later.

        Raises:
            FerrygateError: as :meth:`ferrygate.sign_in.attempt.SignInAttempts.sign_in`.
        """
        demand("typed_code", typed_code, Secret, type(None))
        self._client.do(SignIn(self._client.number(), try_anyway, typed_code, ask_code))

    def code(self) -> LiveCode:
        """Return a code for use elsewhere; the ledger keeps it from being sent from here.

        Raises:
            SecretsMissingError: there is no code secret.
        """
        return self._one(ShowCode(self._client.number()), CodeGivenOut).code

    # ------------------------------------------------------------ Okta

    def explain_refusal(self, *, try_anyway: bool = False) -> Problem:
        """Ask Okta once, with the password alone, why a sign-in was refused.

        Raises:
            FerrygateError: Okta could not be asked, or may not be asked again yet.
        """
        command = ExplainRefusal(self._client.number(), try_anyway)
        return self._one(command, RefusalExplained).problem

    def enrol_with_okta(self, *, save: bool = False, try_anyway: bool = False) -> None:
        """Set up a code for an account that Okta asks to enrol one; ``save`` keeps its secret.

        Raises:
            FerrygateError: Okta has a code for the account already, or allows none.
        """
        self._client.do(EnrolWithOkta(self._client.number(), save, try_anyway))

    def measure_skew(self) -> SkewMeasured:
        """Compare this computer's clock with Okta's; nothing secret is sent.

        Raises:
            FerrygateError: Okta cannot be reached.
        """
        return self._one(MeasureSkew(self._client.number()), SkewMeasured)

    def apply_skew(self, seconds: int) -> None:
        """Make codes for a clock that is ``seconds`` ahead; kept for the site.

        Up to 10 seconds count as none and end the correction.
        """
        demand("seconds", seconds, int)
        self._client.do(ApplySkew(self._client.number(), seconds))

    # ------------------------------------------------------------ checking access

    def check_access(
        self,
        *,
        sign_in: bool = False,
        write_folder: RemotePath | None = None,
        speed: bool = False,
        explain: bool = False,
        try_anyway: bool = False,
        typed_code: Secret | None = None,
        given: Mapping[SecretKind, str] = {},
        source: str = "",
        on_stage: Callable[[StageResult], None] | None = None,
    ) -> CheckedAccess:
        """Check the account's access stage by stage; without a session, and before one.

        Args:
            sign_in: sign in once, with what is at hand. Without it no secret is read, and no code
                is spent.
            write_folder: a remote folder to write one byte into, which is removed.
            speed: measure the round trip, and 4 MiB each way.
            explain: once refused, ask Okta with the password alone.
            try_anyway: sign in once more after repeated refusals.
            typed_code: from a phone or a token, in place of one that is made here.
            given: where secrets are that were not passed on, by their kind; told to the person.
            source: the file that the site comes from; told to the person.
            on_stage: called with each stage as it ends.

        Raises:
            Cancelled: :meth:`cancel` was called.
            UsageError: there is a session, or files are to be tried without a sign-in.
        """
        demand("typed_code", typed_code, Secret, type(None))
        demand_callable("on_stage", on_stage)
        command = CheckAccess(
            request=self._client.number(),
            sign_in=sign_in,
            write_folder=None if write_folder is None else existing("write_folder", write_folder),
            speed=speed,
            explain=explain,
            try_anyway=try_anyway,
            typed_code=typed_code,
            given=given,
            source=source,
        )
        results: list[StageResult] = []
        verdicts: list[CheckVerdict] = []
        for event in self._client.ask(command):
            if isinstance(event, CheckStageEnded):
                results.append(event.result)
                if on_stage is not None:
                    on_stage(event.result)
            elif isinstance(event, CheckEnded):
                verdicts.append(event.verdict)
        return CheckedAccess(tuple(results), verdicts[0])

    def cancel(self) -> None:
        """Take back the call that is under way, from a signal's handler or another thread.

        Nothing is waited for. The call clears away what it has begun, then returns or raises
        ``Cancelled``; until then ``put`` and ``get`` tell ``on_event`` how each file ended.
        """
        self._client.cancel()

    # ------------------------------------------------------------ inside

    def _one(self, command: Request, kind: type[E]) -> E:
        """Return the one event of a kind that answers a request."""
        found = [event for event in self._client.ask(command) if isinstance(event, kind)]
        return found[0]
