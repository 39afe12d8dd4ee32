"""Broken situations: the check names stage, sentence, cause and who can mend it, in each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from access_check.run_check import Checker, CheckRun
from access_check.situation import EXAMPLE, Setup, Situation
from access_check.situations import SITUATIONS
from ferrygate.access_check.stages import Stage, StageOutcome
from ferrygate.common.logs import LiveSecrets

pytestmark = pytest.mark.sandbox

_MIN_SITUATIONS = 40
_MAX_SECONDS = 15.0  # by the clock of the situation, of a dead host as well


def _parameter(situation: Situation) -> Any:
    marks = [getattr(pytest.mark, name) for name in situation.marks]
    return pytest.param(situation, id=situation.name, marks=marks)


def as_example(text: str, setup: Setup, folder: Path) -> str:
    """Put the guide's names in the places of a run's own host, port, files and folders."""
    text = text.replace(str(folder / "home"), EXAMPLE["home"])
    text = text.replace(f"port {setup.site.port}", f"port {EXAMPLE['port']}")
    text = re.sub(r"\.ferrygate-check-[0-9a-f]+", EXAMPLE["probe"], text)
    return text.replace(setup.site.host, EXAMPLE["host"])


@pytest.mark.parametrize("situation", [_parameter(each) for each in SITUATIONS])
def test_a_check_names_stage_cause_and_who_can_mend_it(
    situation: Situation, tmp_path: Path
) -> None:
    server = tmp_path / "server"
    server.mkdir()
    with situation.build(server) as setup:
        checker = Checker(setup, tmp_path)
        free = checker.check()
        assert (free.secrets_sent, free.codes_claimed, free.refusals_counted) == (0, 0, 0)
        assert not free.secrets_were_read
        run = checker.check(*situation.options) if situation.options else free
    assert not reveals(free, setup)
    assert not reveals(run, setup)
    assert list(run.stages) == list(Stage)
    record = run.stages[situation.stage]
    assert record["result"] == situation.outcome.value, run.printed
    assert as_example(record["sentence"], setup, tmp_path) == situation.words
    assert record["who"] == situation.who.value
    assert situation.said in record["server_said"]
    assert "<" not in record["server_said"]  # no page's text is for reading aloud
    if run.reached(Stage.SIGN_IN) and record["causes"]:
        assert "further sign-ins are stopped" in record["next_step"].casefold()
    if situation.outcome is StageOutcome.FAILED:
        told = ("failed", situation.stage.value, situation.who.value)
    else:  # worth a look, and nobody's move
        told = ("warned", "", "")
    assert tuple(run.summary[each] for each in ("result", "first_failed", "who")) == told
    assert run.status == situation.status
    sends = situation.sends and run.reached(Stage.SIGN_IN)
    assert run.codes_claimed == int(sends and setup.site.sends_password)
    assert (run.secrets_sent > 0) is sends  # so the servers do count them
    if situation.truth is not None:
        assert situation.truth.value in record["causes"]
    assert max(free.seconds, run.seconds) < _MAX_SECONDS


def reveals(run: CheckRun, setup: Setup) -> bool:
    """Tell whether a check has printed a secret, in clear or in another form."""
    live = LiveSecrets()
    for secret in (setup.given.password, setup.given.totp_secret):
        if secret is not None:
            live.add(secret)
    return live.redact(run.printed + run.said) != run.printed + run.said


def test_there_are_many_situations_and_no_two_of_one_name() -> None:
    names = [situation.name for situation in SITUATIONS]
    assert len(set(names)) == len(names) >= _MIN_SITUATIONS


def test_every_stage_that_can_fail_by_itself_has_a_situation() -> None:
    shown = {situation.stage for situation in SITUATIONS}
    assert set(Stage) - shown == {Stage.SPEED}
