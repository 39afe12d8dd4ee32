"""Checks one account's access, stage by stage, by one attempt to sign in.

The attempt is the sign-in's own (:mod:`ferrygate.sign_in.attempt`), and its steps are the stages on
the way. Without a sign-in it ends before the first secret (:meth:`SignInAttempts.look`). With one,
Okta and the clock are told between the methods and the first secret: where codes are surely wrong,
the attempt ends there, and no code is wasted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec

from ferrygate.access_check.background_answer import BackgroundAnswer
from ferrygate.access_check.file_stages import FileStages, count_channels, tell_sftp
from ferrygate.access_check.keychain_facts import KeychainFacts, keychain_facts
from ferrygate.access_check.local_stages import tell_breaker, tell_home, tell_settings
from ferrygate.access_check.okta_stages import excuse_okta, tell_clock, tell_okta
from ferrygate.access_check.refusal import RefusalFacts, causes_of, party_of, step_after
from ferrygate.access_check.secrets_at_hand import (
    Presence,
    SecretsAtHand,
    secrets_asked_for,
    tell_secrets,
)
from ferrygate.access_check.server_stages import ServerStages
from ferrygate.access_check.stages import CheckVerdict, Party, Stage, StageOutcome, StageResult
from ferrygate.access_check.teller import StageTeller
from ferrygate.access_check.tools import CheckOptions, CheckTools
from ferrygate.access_check.verdict import verdict_on
from ferrygate.common import remote_path
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import Cancelled, FerrygateError, Problem, SignInRefusedError
from ferrygate.common.message import message
from ferrygate.common.secret import SecretKind
from ferrygate.sftp.connection import SftpConnection
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sign_in.account_names import known_names
from ferrygate.sign_in.attempt import Observer
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sign_in.first_channel import start_sftp
from ferrygate.sign_in.okta_verdict import PasswordVerdict, explain
from ferrygate.sign_in.step_record import StepRecord
from ferrygate.sign_in.steps import MethodsOffered, SecretSent, Sent, Step
from ferrygate.sites.site import Site
from ferrygate.ssh.connection import Connection

T = TypeVar("T")

_KEYCHAIN_SECONDS = 4.0  # for an answer; a keychain that waits for a person takes longer
_OKTA_SECONDS = 6.0  # for an answer, from the check's beginning
_NOT_ASKED_FOR = message("Not asked for.")
_OWN_CODES = frozenset({Sent.CODE, Sent.PASSWORD_AND_CODE})  # made here, or typed beforehand
_CODES = _OWN_CODES | {Sent.PERSONS_ANSWER}  # a question of the server's may be for one
_BEHIND_SIGN_IN = (Stage.SFTP, Stage.HOME_FOLDER, Stage.WRITE_PROBE, Stage.SPEED)
_PASSWORDS = frozenset({Sent.PASSWORD, Sent.PASSWORD_AND_CODE})


class _StoppedError(Exception):
    """Ends an attempt before its first secret, since codes are surely wrong."""


class AccessCheck:
    """Makes one check; for a thread that may wait."""

    def __init__(
        self,
        tools: CheckTools,
        site: Site,
        credentials: Credentials,
        options: CheckOptions,
        *,
        observer: Observer,
        cancel: CancelToken,
        tell: Callable[[StageResult], None],
    ) -> None:
        """Begin.

        Args:
            tools: what the check is made with.
            site: whose access is checked.
            credentials: the secrets in memory; they are sent where a sign-in was asked for.
            options: what is to be checked.
            observer: asks the person during a sign-in, and shows how it goes.
            cancel: ends the check.
            tell: takes each stage as it ends.
        """
        self._tools = tools
        self._site = site
        self._credentials = credentials
        self._options = options
        self._observer = observer
        self._cancel = cancel
        self._teller = StageTeller(tools.clock, tell)
        self._record = StepRecord(tools.redact)
        self._stages = ServerStages(
            self._teller, site, self._record, is_okta_there=self._is_okta_there
        )
        self._okta: BackgroundAnswer[float | None] | None = None
        self._at_hand = SecretsAtHand(credentials=credentials, given=options.given)
        self._sent: set[Sent] = set()
        self._clock_off: float | None = None

    def run(self) -> CheckVerdict:
        """Make the check, and return its verdict.

        Raises:
            Cancelled: ``cancel`` was set.
        """
        self._excuse()
        if self._site.sign_in.okta_address:
            self._okta = self._in_background(self._ask_time, _OKTA_SECONDS, "okta-probe")
        self._check_here()
        if self._options.sign_in and not self._teller.has_failed:
            self._sign_in()
        else:
            self._look()
        self._teller.end_all()
        return verdict_on(self._teller.results)

    def _excuse(self) -> None:
        """Say of stages that were not asked for that they were not."""
        options = self._options
        if self._site.sign_in.okta_address == "":
            excuse_okta(self._teller)
        if not options.sign_in:
            for stage in (Stage.SIGN_IN, Stage.SFTP, Stage.HOME_FOLDER):
                self._teller.excuse(stage, _NOT_ASKED_FOR)
        if options.write_folder is None:
            self._teller.excuse(Stage.WRITE_PROBE, _NOT_ASKED_FOR)
        if not options.speed:
            self._teller.excuse(Stage.SPEED, _NOT_ASKED_FOR)

    # ------------------------------------------------------------ this computer

    def _check_here(self) -> None:
        tools, teller = self._tools, self._teller
        asked_for = [kind for kind in secrets_asked_for(self._site) if not self._is_at_hand(kind)]
        keychain = self._in_background(
            lambda: keychain_facts(tools.open_vault, self._site, asked_for),
            _KEYCHAIN_SECONDS,
            "keychain-probe",
        )
        tell_settings(teller, self._site, self._options.source)
        self._check_home(keychain)
        tell_secrets(teller, self._site, self._at_hand, are_needed=self._options.sign_in)
        try:
            tell_breaker(
                teller,
                self._site,
                tools.ledger,
                tools.known_hosts,
                try_anyway=self._options.sign_in and self._options.try_anyway,
            )
        except FerrygateError as error:
            teller.failed(Stage.BREAKER, error.problem, Party.YOU)

    def _is_at_hand(self, kind: SecretKind) -> bool:
        """Tell whether a secret is at hand, so that the keychain need not be asked for it."""
        return self._at_hand.presence(kind) is Presence.THERE

    def _check_home(self, keychain: BackgroundAnswer[KeychainFacts]) -> None:
        answer = keychain.wait()
        try:
            self._tools.check_home()
        except FerrygateError as error:
            self._teller.failed(Stage.HOME, error.problem, Party.YOU)
        else:
            tell_home(self._teller, answer, is_needed=self._needs_keychain())
        if answer is not None and answer.value is not None and not self._options.sign_in:
            # Before a sign-in the keychain was read: it may keep what it was not to give out.
            self._at_hand = msgspec.structs.replace(self._at_hand, kept=answer.value.keeps)

    def _needs_keychain(self) -> bool:
        """Tell whether a secret may be in the keychain, as it is not given at each start."""
        given = self._options.given
        return any(kind not in given for kind in secrets_asked_for(self._site))

    # ------------------------------------------------------------ the attempt

    def _look(self) -> None:
        """Take the attempt's steps up to the first secret."""
        try:
            with self._record.failing():
                self._tools.attempts.look(self._site, self._cancel, report=self._stages.take)
        except Cancelled:
            raise
        except FerrygateError as error:
            self._stages.fail(error.problem)
        self._tell_okta()

    def _sign_in(self) -> None:
        try:
            with self._record.failing():
                ssh = self._tools.attempts.sign_in(
                    self._site,
                    self._credentials,
                    self._observer,
                    self._cancel,
                    try_anyway=self._options.try_anyway,
                    report=self._take,
                )
        except _StoppedError:
            return
        except Cancelled:
            raise
        except SignInRefusedError as refusal:
            self._tell_okta()
            self._tell_refusal(refusal.problem)
        except FerrygateError as error:
            self._stages.fail(error.problem)
            self._tell_okta()
        else:
            sentence = message("The server has accepted the sign-in.")
            self._teller.passed(Stage.SIGN_IN, sentence, self._record.text)
            self._try_files(ssh)

    def _take(self, step: Step) -> None:
        """Take a step of a sign-in; before the first secret, Okta and the clock are looked at.

        Raises:
            _StoppedError: the clock is so wrong that codes are refused.
        """
        self._stages.take(step)
        if isinstance(step, MethodsOffered) and self._teller.has_told(Stage.METHODS):
            self._tell_okta()
            if self._teller.has_failed:
                raise _StoppedError
        elif isinstance(step, SecretSent):
            if not self._sent:  # the wait for the code is over
                self._teller.begin()
            self._sent.update(step.sent)

    # ------------------------------------------------------------ Okta

    def _ask_time(self) -> float | None:
        return self._tools.okta().clock_skew(self._site)

    def _is_okta_there(self) -> bool | None:
        """Wait to know whether Okta answers from here; ``None`` where it is not asked."""
        if self._okta is None:
            return None
        answer = self._okta.wait()
        return answer is not None and answer.problem is None

    def _tell_okta(self) -> None:
        """Tell of Okta and of the clock, once."""
        if self._okta is None or self._teller.has_told(Stage.OKTA):
            return
        answer = self._okta.wait()
        tell_okta(self._teller, answer, self._site.sign_in.okta_address)
        if answer is None or answer.value is None:
            return
        try:
            applied = self._tools.skews.read(self._site)
        except FerrygateError as error:
            self._teller.failed(Stage.CLOCK, error.problem, Party.YOU)
            return
        self._clock_off = answer.value - applied
        tell_clock(self._teller, answer.value, applied, makes_codes=self._makes_codes())

    def _makes_codes(self) -> bool:
        """Tell whether codes are made here, or may be: a typed one is right by another clock."""
        if SecretKind.CODE_SECRET not in secrets_asked_for(self._site):
            return False
        is_typed = self._credentials.typed_code is not None
        presence = self._at_hand.presence(SecretKind.CODE_SECRET)
        return not is_typed and presence is not Presence.MISSING

    def _tell_refusal(self, problem: Problem) -> None:
        """Tell why a sign-in was refused, as far as can be known (design §4.6)."""
        tools = self._tools
        verdict, told, note = self._explained(problem)
        secret = self._credentials.code_secret
        facts = RefusalFacts(
            sent_password=not self._sent.isdisjoint(_PASSWORDS),
            sent_code=not self._sent.isdisjoint(_CODES),
            was_typed=self._credentials.typed_code is not None or self._sent.isdisjoint(_OWN_CODES),
            correction=0 if secret is None else -secret.epoch,
            clock_off=self._clock_off,
            verdict=verdict,
            refusals=tools.ledger.standing(known_names(self._site, tools.known_hosts)).refusals,
        )
        causes = causes_of(facts)
        detail = "\n".join(part for part in (problem.steps, note) if part)
        self._teller.end(
            StageResult(
                stage=Stage.SIGN_IN,
                outcome=StageOutcome.FAILED,
                sentence=told.sentence,
                who=party_of(causes[0]),
                next_step=step_after(facts, told.next_step),
                detail=detail,
                kind=told.kind,
                causes=causes,
                server_said=problem.server_said,
            )
        )

    def _explained(self, problem: Problem) -> tuple[PasswordVerdict | None, Problem, str]:
        """Ask Okta about a refusal, where a person has agreed to that.

        Returns:
            Okta's verdict, the problem as it is told then, and more for support.
        """
        password = self._credentials.password
        if not (self._options.explain and self._site.sign_in.okta_address and password):
            return None, problem, ""
        try:
            answer = self._tools.okta().ask_password(
                self._site, password, self._cancel, try_anyway=self._options.try_anyway
            )
        except Cancelled:
            raise
        except FerrygateError as error:
            return None, problem, f"Okta was not asked: {error.problem.detail}"
        return answer.verdict, explain(answer), f"Okta: {answer.detail}"

    # ------------------------------------------------------------ behind the sign-in

    def _try_files(self, ssh: Connection) -> None:
        """Try the account's files, and end the connection."""
        tools = self._tools
        try:
            connection = start_sftp(
                ssh,
                tools.clock,
                tools.threads,
                self._cancel,
                self._stages.take,
                reply_seconds=tools.reply_seconds,
            )
            try:
                self._try_channels(connection)
            finally:
                ssh.close()
        except Cancelled:
            raise
        except FerrygateError as error:
            stage = next(each for each in _BEHIND_SIGN_IN if self._teller.is_due(each))
            self._teller.failed(stage, error.problem, Party.CONTACT)

    def _try_channels(self, connection: SftpConnection) -> None:
        tools, teller, options = self._tools, self._teller, self._options
        channel = connection.open_channel(self._cancel)
        others = count_channels(connection, tools.clock, self._cancel)
        tell_sftp(teller, 1 + others, self._stages.detail())
        folder = remote_path.normalise(self._site.start_folder or "/")
        files = FileStages(teller, RemoteFiles(channel), folder, tools.clock, tools.random_hex)
        run = partial(files.run, cancel=self._cancel, threads=tools.threads)
        run(files.home_folder())
        if options.write_folder is not None:
            run(files.write_probe(options.write_folder))
        if options.speed and not teller.has_failed_at(Stage.WRITE_PROBE):
            run(files.speed(options.write_folder or folder))

    def _in_background(
        self, ask: Callable[[], T], seconds: float, name: str
    ) -> BackgroundAnswer[T]:
        tools = self._tools
        return BackgroundAnswer(ask, seconds, tools.clock, tools.threads, self._cancel, name)
