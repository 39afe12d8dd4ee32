"""Stages are told in order, each once, with the time that they took."""

from __future__ import annotations

import pytest

from ferrygate.access_check.stages import Cause, Party, Stage, StageOutcome, StageResult
from ferrygate.access_check.teller import StageTeller
from ferrygate.access_check.verdict import verdict_on
from ferrygate.access_check.without_engine import check_without_engine
from ferrygate.access_check.words import OUTCOME_WORDS, PARTY_WORDS, STAGE_TITLES, cause_words
from ferrygate.common.errors import (
    CannotReachError,
    ConnectionFileError,
    Kind,
    SettingsError,
)
from ferrygate.common.message import message
from support.fake_clock import ManualClock

FINE = message("Fine.")
DEAD = CannotReachError(message("Nobody there."), next_step=message("Wait."), detail="timed out")


@pytest.fixture
def told() -> list[StageResult]:
    return []


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def teller(told: list[StageResult], clock: ManualClock) -> StageTeller:
    return StageTeller(clock, told.append)


def outcomes(told: list[StageResult]) -> dict[Stage, StageOutcome]:
    return {result.stage: result.outcome for result in told}


def test_each_stage_has_the_time_since_the_one_before(
    teller: StageTeller, told: list[StageResult], clock: ManualClock
) -> None:
    clock.time += 0.012
    teller.passed(Stage.SETTINGS, FINE)
    clock.time += 2
    teller.begin()
    clock.time += 0.5
    teller.passed(Stage.HOME, FINE)
    assert [result.milliseconds for result in told] == [12, 500]


def test_stages_that_are_passed_over_are_told_before_the_next(
    teller: StageTeller, told: list[StageResult]
) -> None:
    teller.passed(Stage.SETTINGS, FINE)
    teller.failed(Stage.DNS, DEAD.problem, Party.YOU)
    teller.passed(Stage.OKTA, FINE)
    teller.end_all()
    assert [result.stage for result in told] == list(Stage)
    reached = {Stage.SETTINGS, Stage.DNS, Stage.OKTA}
    assert {
        stage
        for stage, outcome in outcomes(told).items()
        if outcome is not StageOutcome.NOT_REACHED
    } == reached


def test_a_stage_that_was_not_asked_for_says_so(
    teller: StageTeller, told: list[StageResult]
) -> None:
    teller.excuse(Stage.SPEED, message("Not asked for."))
    teller.end_all()
    assert str(told[-1].sentence) == "Not asked for."
    assert "an earlier stage has failed" in str(told[0].sentence)


def test_a_failure_keeps_the_problem_and_both_details(
    teller: StageTeller, told: list[StageResult]
) -> None:
    teller.failed(Stage.SETTINGS, DEAD.problem, Party.NETWORK, "dns: found")
    (result,) = told
    assert (result.kind, result.who) == (Kind.CANNOT_REACH, Party.NETWORK)
    assert (result.sentence, result.next_step) == (DEAD.problem.sentence, DEAD.problem.next_step)
    assert result.detail == "dns: found\ntimed out"


def test_the_first_failure_is_the_verdict(teller: StageTeller) -> None:
    teller.warned(Stage.SETTINGS, FINE, Party.OWNER)
    teller.failed(Stage.DNS, DEAD.problem, Party.NETWORK)
    teller.failed(Stage.CLOCK, SettingsError(message("Broken.")).problem, Party.YOU)
    verdict = verdict_on(teller.results)
    assert verdict.outcome is StageOutcome.FAILED
    assert (verdict.first_failed, verdict.kind) == (Stage.DNS, Kind.CANNOT_REACH)
    assert (verdict.who, verdict.next_step) == (Party.NETWORK, DEAD.problem.next_step)


def test_warnings_name_their_stages_in_the_verdict(teller: StageTeller) -> None:
    teller.warned(Stage.HOME, FINE, Party.YOU, next_step=message("Unlock it."))
    teller.warned(Stage.OKTA, FINE, Party.NETWORK)
    verdict = verdict_on(teller.results)
    assert verdict.outcome is StageOutcome.WARNED
    assert str(verdict.sentence) == (
        "Everything before the sign-in is in order. The sign-in was not tried."
        " Worth a look: “Ferrygate's files and the keychain” and “Okta”."
    )
    assert (verdict.who, verdict.first_failed, verdict.kind) == (None, None, None)
    assert verdict.next_step is None


def test_a_sign_in_that_was_tried_shows_in_the_verdict(teller: StageTeller) -> None:
    teller.passed(Stage.SIGN_IN, FINE)
    verdict = verdict_on(teller.results)
    assert verdict.outcome is StageOutcome.PASSED
    assert str(verdict.sentence) == "Access works."
    assert verdict.who is None


def test_a_broken_connection_file_fails_at_the_settings(clock: ManualClock) -> None:
    told: list[StageResult] = []
    problem = ConnectionFileError(message("Line 3 is wrong.")).problem
    checked = check_without_engine(problem, clock, told.append)
    assert tuple(told) == checked.results
    assert [result.stage for result in told] == list(Stage)
    assert (checked.verdict.first_failed, checked.verdict.who) == (Stage.SETTINGS, Party.CONTACT)


def test_a_folder_that_cannot_be_used_fails_at_the_home(clock: ManualClock) -> None:
    problem = SettingsError(message("No space.")).problem
    checked = check_without_engine(problem, clock, lambda _result: None)
    assert (checked.verdict.first_failed, checked.verdict.who) == (Stage.HOME, Party.YOU)
    assert checked.results[0].outcome is StageOutcome.NOT_REACHED


def test_there_are_words_for_everything_that_is_told() -> None:
    assert set(STAGE_TITLES) == set(Stage)
    assert set(OUTCOME_WORDS) == set(StageOutcome)
    assert set(PARTY_WORDS) == set(Party)
    assert len({str(cause_words(cause)) for cause in Cause}) == len(Cause)
