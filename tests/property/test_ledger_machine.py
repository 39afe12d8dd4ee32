"""Ledger and breaker against a model of a few lines, whatever several processes do."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import LeaseLostError
from ferrygate.common.secret import Secret
from ferrygate.sign_in.gate import Gate
from ferrygate.sign_in.ledger import End, Lease, Ledger
from support.fake_clock import ManualClock

SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
ACCOUNT = "account"
LEASE = 180.0
_GONE = -1  # a holder that has ended
PROCESSES = st.integers(0, 2)
STEPS = st.integers(0, 5)


class _Process:
    """One process as the ledger sees it; it may have ended."""

    def __init__(self, machine: LedgerMachine, number: int) -> None:
        self._machine = machine
        self.me = f"p{number}"

    def is_running(self, name: str) -> bool:
        return name not in self._machine.ended


class LedgerMachine(RuleBasedStateMachine):
    """The model: refusals in a row, who holds the lease until when, and whether it has sent."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = ManualClock()
        self.ended: set[str] = set()
        self.born = 0
        self.numbers = [1, 2, 3]
        self.ledgers = [self.begin_process() for _ in range(3)]
        self.leases: list[Lease | None] = [None, None, None]
        self.claimed: set[int] = set()
        self.digits: set[int] = set()  # steps whose codes were sent, made or typed; few, so kept
        self.refusals = 0
        self.holder: int | None = None
        self.until = 0.0
        self.sent = False

    def teardown(self) -> None:
        self.folder.cleanup()

    def begin_process(self) -> Ledger:
        self.born += 1
        path = Path(self.folder.name) / "ledger.sqlite3"
        return Ledger(path, self.clock, _Process(self, self.born), lambda count: b"s" * count)

    def lose_expired(self) -> None:
        """Count an attempt whose end was never told as refused, as the ledger does when asked."""
        if self.holder is not None and self.clock.time >= self.until:
            self.refusals += self.sent
            self.holder, self.sent = None, False

    @rule(who=PROCESSES, step=STEPS)
    def claim(self, who: int, step: int) -> None:
        assert self.ledgers[who].claim(SECRET, step) is (step not in self.claimed)
        self.claimed.add(step)

    @rule(who=PROCESSES, try_anyway=st.booleans())
    def admit(self, who: int, *, try_anyway: bool) -> None:
        admission = self.ledgers[who].admit(ACCOUNT, try_anyway=try_anyway)
        self.lose_expired()
        if self.holder is not None:
            assert admission.gate is Gate.BUSY
            return
        limit = 4 if try_anyway else 2
        expected = Gate.OPEN if self.refusals < limit else Gate.ASK
        if self.refusals >= 4:
            expected = Gate.SHUT
        assert admission.gate is expected
        assert admission.refusals == self.refusals
        if expected is Gate.OPEN:
            self.leases[who] = admission.lease
            self.holder, self.until = who, self.clock.time + LEASE

    @rule(who=PROCESSES, step=STEPS)
    def send(self, who: int, step: int) -> None:
        lease = self.leases[who]
        if lease is None:
            return
        try:
            taken = self.ledgers[who].claim_for_sending(lease, SECRET, step)
        except LeaseLostError:
            assert self.holder != who
            assert step not in self.claimed | self.digits
            return
        assert taken is (step not in self.claimed | self.digits)
        if taken:
            assert self.holder == who
            self.claimed.add(step)
            self.digits.add(step)
            self.sent = True

    @rule(who=PROCESSES, step=STEPS, knows=st.booleans())
    def send_typed(self, who: int, step: int, *, knows: bool) -> None:
        """Send what a phone shows at a step, whose secret this computer knows, or does not."""
        lease = self.leases[who]
        if lease is None:
            return
        code, known = Secret(SECRET.code_for_step(step)), SECRET if knows else None
        spent = self.claimed | self.digits if knows else self.digits
        try:
            taken = self.ledgers[who].claim_typed(lease, code, known, [step])
        except LeaseLostError:
            assert self.holder != who
            assert step not in spent
            return
        assert taken is (step not in spent)
        if taken:
            assert self.holder == who
            self.digits.add(step)
            self.claimed |= {step} if knows else set()
            self.sent = True

    @rule(who=PROCESSES, end=st.sampled_from(End))
    def finish(self, who: int, end: End) -> None:
        lease, self.leases[who] = self.leases[who], None
        if lease is None:
            return
        self.ledgers[who].finish(lease, end)
        if self.holder == who:
            self.holder, self.sent = None, False
            self.refusals = 0 if end is End.ACCEPTED else self.refusals + (end is End.REFUSED)

    @rule(who=PROCESSES)
    def crash(self, who: int) -> None:
        self.ended.add(f"p{self.numbers[who]}")
        self.ledgers[who], self.leases[who] = self.begin_process(), None
        self.numbers[who] = self.born
        if self.holder == who:
            self.holder, self.until = _GONE, 0.0  # found out by the next one who asks

    @rule(seconds=st.floats(0, 250))
    def pass_time(self, seconds: float) -> None:
        self.clock.time += seconds

    @precondition(lambda self: self.refusals >= 4)
    @rule()
    def reset(self) -> None:
        self.ledgers[0].reset(ACCOUNT)
        self.refusals = 0

    @invariant()
    def sent_codes_are_known_to_all(self) -> None:
        for step in self.digits:
            code = Secret(SECRET.code_for_step(step))
            assert self.ledgers[step % 3].was_sent(ACCOUNT, code)

    @invariant()
    def the_count_is_shared(self) -> None:
        assert {ledger.refusals(ACCOUNT) for ledger in self.ledgers} == {self.refusals}


LedgerMachine.TestCase.settings = settings(max_examples=20, stateful_step_count=30)
TestLedgerMachine = LedgerMachine.TestCase
