"""Turns an attempt's steps into the stages on the way to the server, from its name to its SFTP."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.access_check.blame import Evidence, party_for
from ferrygate.access_check.stages import Party, Stage
from ferrygate.access_check.teller import StageTeller
from ferrygate.common.errors import Problem
from ferrygate.common.message import Message, message, plural_message
from ferrygate.sign_in.methods import can_take
from ferrygate.sign_in.step_line import StepName
from ferrygate.sign_in.step_record import StepRecord
from ferrygate.sign_in.steps import (
    HostKeyAccepted,
    KeyTrust,
    MethodsOffered,
    Step,
    failed_step,
)
from ferrygate.sites.site import Site
from ferrygate.ssh.connect_steps import (
    AddressFailed,
    AlgorithmsAgreed,
    FirstLineRead,
    NameResolved,
    TcpConnected,
)

_STAGES = {
    StepName.DNS: Stage.DNS,
    StepName.TCP: Stage.TCP,
    StepName.FIRST_LINE: Stage.FIRST_LINE,
    StepName.ALGORITHMS: Stage.ALGORITHMS,
    StepName.HOST_KEY: Stage.HOST_KEY,
    StepName.METHODS: Stage.METHODS,
    StepName.SENT: Stage.SIGN_IN,
    StepName.ANSWERED: Stage.SIGN_IN,
    StepName.CHANNEL: Stage.SFTP,
    StepName.SFTP: Stage.SFTP,
}
_FREE = (
    Stage.DNS,
    Stage.TCP,
    Stage.FIRST_LINE,
    Stage.ALGORITHMS,
    Stage.HOST_KEY,
    Stage.METHODS,
)
_TRUST = {
    KeyTrust.KNOWN: message("The server is the one that is known here."),
    KeyTrust.PINNED: message("The server shows the key that the connection file names."),
    KeyTrust.CONFIRMED: message("The server shows a key that you have confirmed."),
}


class ServerStages:
    """Reads the steps of one attempt, which may connect several times while it waits for a code."""

    def __init__(
        self,
        teller: StageTeller,
        site: Site,
        record: StepRecord,
        *,
        is_okta_there: Callable[[], bool | None],
    ) -> None:
        """Begin before the first step.

        Args:
            teller: takes the stages.
            site: whose attempt it is.
            record: keeps the steps as lines, without secrets, and logs them.
            is_okta_there: waits to know whether Okta answers from here.
        """
        self._teller = teller
        self._site = site
        self._record = record
        self._is_okta_there = is_okta_there
        self._last: Step | None = None
        self._met: list[Step] = []  # in place of the server

    def take(self, step: Step) -> None:
        """Take a step of the attempt, and tell its stage, unless that was told before."""
        self._record.add(step)
        self._last = step
        match step:
            case NameResolved():
                self._passed(Stage.DNS, message("“{host}” was found.", host=step.host))
            case TcpConnected():
                self._connected(step)
            case FirstLineRead():
                self._passed(Stage.FIRST_LINE, message("A file transfer server answers (SSH)."))
            case AlgorithmsAgreed():
                self._passed(Stage.ALGORITHMS, _encrypted(step))
            case HostKeyAccepted():
                self._passed(Stage.HOST_KEY, _TRUST[step.trust])
            case MethodsOffered():
                self._offered(step)
            case _:
                self._met.append(step)

    def fail(self, problem: Problem) -> None:
        """Tell the stage that a problem belongs to as failed."""
        stage = self._stage_of(problem)
        okta = self._is_okta_there() if stage in {Stage.DNS, Stage.FIRST_LINE} else None
        evidence = Evidence(steps=tuple(self._met), is_okta_there=okta)
        who = party_for(problem.kind, stage, evidence)
        self._teller.failed(stage, problem, who, self._record.text)

    def detail(self) -> str:
        """Return what the last step has found, for support."""
        lines = self._record.lines
        return lines[-1].found if lines else ""

    def _stage_of(self, problem: Problem) -> Stage:
        """Choose the stage for a problem; one that was told is over, so that it is the next."""
        stage = _STAGES.get(failed_step(self._last, problem.kind), Stage.SIGN_IN)
        if not self._teller.has_told(stage):
            return stage
        return next((free for free in _FREE if not self._teller.has_told(free)), Stage.SIGN_IN)

    def _passed(self, stage: Stage, sentence: Message) -> None:
        if self._teller.has_told(stage):
            self._teller.begin()  # the attempt connects anew
        else:
            self._teller.passed(stage, sentence, self.detail())

    def _connected(self, step: TcpConnected) -> None:
        failed = [met for met in self._met if isinstance(met, AddressFailed)]
        if not failed or self._teller.has_told(Stage.TCP):
            sentence = message(
                "The server answers at {address}, port {port}.",
                address=step.address,
                port=step.port,
            )
            self._passed(Stage.TCP, sentence)
            return
        sentence = plural_message(
            "One of the server's addresses does not answer; {address} does.",
            "{count} of the server's addresses do not answer; {address} does.",
            len(failed),
            address=step.address,
        )
        lines = [line.found for line in self._record.lines if line.name is StepName.TCP]
        self._teller.warned(Stage.TCP, sentence, Party.NETWORK, detail="\n".join(lines))

    def _offered(self, step: MethodsOffered) -> None:
        """Tell the methods, unless they cannot be taken: then an error follows at once."""
        stage = Stage.METHODS
        if self._teller.has_told(stage):
            return
        if not step.methods:
            self._teller.warned(
                stage,
                message("The server lets this user in without a password."),
                Party.OWNER,
                detail=self.detail(),
            )
        elif step.is_assumed:
            sentence = message("The private key is tried without asking for other ways to sign in.")
            self._passed(stage, sentence)
        elif can_take(self._site.sign_in.steps[0], step.methods):
            sentence = message("The server takes what this account signs in with.")
            self._passed(stage, sentence)


def _encrypted(step: AlgorithmsAgreed) -> Message:
    if step.is_post_quantum:
        return message("The connection is encrypted, safe from quantum computers as well.")
    return message("The connection is encrypted.")
