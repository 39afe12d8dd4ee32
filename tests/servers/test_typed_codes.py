"""Codes that a person types, at servers that are not ours: each leaves once."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from ferrygate.api.connecting import connect, open_session
from ferrygate.api.unattended import Unattended
from ferrygate.bootstrap import make_engine
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import CodeNeededError
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.session import CodeQuestion, PromptQuestion
from ferrygate.sites.site import SignInSettings
from servers.rigs.rig import Rig
from servers.rigs.signing_in import PASSWORD_THEN_CODE, site_of
from support.cutting_proxy import CuttingProxy

pytestmark = pytest.mark.timeout(60)

BY_PROMPTS = SignInSettings(steps=("keyboard-interactive",))


class Phone(Unattended):
    """A person who reads each code from a phone, and waits for one that was not used."""

    _last: ClassVar[dict[str, int]] = {}  # step of the code that was used last, by account's secret

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        assert rig.code_secret is not None
        self._secret = rig.code_secret
        self._clock = SystemClock()
        self.asked: list[CodeQuestion] = []
        self.prompts: list[PromptQuestion] = []

    def code(self) -> Secret:
        """Read the code shown now."""
        key, now = self._secret.key.reveal(), self._clock.now()
        fresh = self._last.get(key, -1) + 1
        if self._secret.step_at(now) < fresh:
            self._clock.wait(threading.Event(), self._secret.start_of(fresh) - now + 0.1)
        self._last[key] = self._secret.step_at(self._clock.now())
        return Secret(self._secret.code_for_step(self._last[key]))

    def answer_prompt(self, question: PromptQuestion) -> Secret | None:
        self.prompts.append(question)
        return self.code()

    def answer_code(self, question: CodeQuestion) -> Secret | None:
        self.asked.append(question)
        return self.code()


def sign_in_once(rig: Rig, sign_in: SignInSettings, home: Path, code: Secret) -> None:
    assert rig.password is not None
    with connect(
        site_of(rig, sign_in),
        password=rig.password.reveal(),
        code=code.reveal(),
        home=Home(home),
    ) as session:
        session.stat(str(rig.home))


def use_twice(rig: Rig, sign_in: SignInSettings, home: Path) -> None:
    """Sign in with a code; it is refused the second time, before anything is sent."""
    code = Phone(rig).code()
    sign_in_once(rig, sign_in, home, code)
    before = rig.server.log()
    with pytest.raises(CodeNeededError, match="used already"):
        sign_in_once(rig, sign_in, home, code)
    assert rig.server.log().count("Connection from") == before.count("Connection from")


@pytest.mark.root
def test_a_typed_code_leaves_once_in_one_string(openssh_otp: Rig, tmp_path: Path) -> None:
    use_twice(openssh_otp, SignInSettings(), tmp_path)


@pytest.mark.root
def test_a_typed_code_leaves_once_by_prompts(openssh_otp_two_rounds: Rig, tmp_path: Path) -> None:
    use_twice(openssh_otp_two_rounds, BY_PROMPTS, tmp_path)


def test_a_typed_code_leaves_once_after_the_password(proftpd: Rig, tmp_path: Path) -> None:
    code = Phone(proftpd).code()
    sign_in_once(proftpd, PASSWORD_THEN_CODE, tmp_path, code)
    with pytest.raises(CodeNeededError, match="used already"):
        sign_in_once(proftpd, PASSWORD_THEN_CODE, tmp_path, code)


@pytest.mark.root
@pytest.mark.slow
@pytest.mark.parametrize("before", [True, False], ids=["typed before", "at the prompt"])
def test_after_a_cut_the_next_code_is_typed_for_the_prompt(
    openssh_otp_two_rounds: Rig, tmp_path: Path, *, before: bool
) -> None:
    rig, phone, clock = openssh_otp_two_rounds, Phone(openssh_otp_two_rounds), SystemClock()
    assert rig.password is not None
    with CuttingProxy(rig.port, []) as proxy:
        site = msgspec.structs.replace(site_of(rig, BY_PROMPTS), port=proxy.port)
        make = partial(make_engine, home=Home(tmp_path), clock=clock)
        with open_session(site, make, phone, clock) as session:
            session.use_password(rig.password)
            if before:
                session.sign_in(typed_code=phone.code(), ask_code=True)
            else:  # one who answers a prompt is there to type codes
                session.sign_in()
            session.stat(str(rig.home))
            assert phone.asked == []
            proxy.cut_all()
            session.stat(str(rig.home))  # waits until the connection is there again
    assert [question.goes_on for question in phone.asked] == [True]
    assert len(phone.prompts) == (0 if before else 1)
