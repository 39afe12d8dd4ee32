from __future__ import annotations

import json
import logging
import math
import re

import pytest

from ferrygate.common.errors import (
    FerrygateError,
    HostKeyChangedError,
    Kind,
    Problem,
    UsageError,
    error_for,
    problem_of,
)
from ferrygate.common.message import message
from ferrygate.common.text import time_text


def classes(cls: type[FerrygateError]) -> list[type[FerrygateError]]:
    """Collect the class and those below it, without those that other folders have derived."""
    own = [each for each in cls.__subclasses__() if each.__module__ == cls.__module__]
    return [cls, *(below for each in own for below in classes(each))]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_one_class_and_survives_the_way_there_and_back(kind: Kind) -> None:
    problem = Problem(
        kind=kind, sentence=message("It broke."), next_step=message("Mend it."), detail="7"
    )
    error = error_for(problem)
    assert problem_of(error) == problem
    assert str(error) == "It broke."
    assert [cls.kind for cls in classes(FerrygateError)].count(kind) == 1


def test_the_key_that_a_server_showed_survives_the_way_there_and_back() -> None:
    problem = problem_of(HostKeyChangedError(message("Another server."), fingerprint="SHA256:abc"))
    assert problem.fingerprint == "SHA256:abc"
    assert problem_of(error_for(problem)) == problem


def test_a_foreign_exception_is_named_by_type_and_place_only() -> None:
    def fail() -> None:
        raise KeyError("hunter2")

    with pytest.raises(KeyError) as caught:
        fail()
    problem = problem_of(caught.value)
    assert problem.kind is Kind.INTERNAL
    assert re.fullmatch(r"KeyError in common/test_errors\.py:[0-9]+ \(fail\)", problem.detail)
    assert "hunter2" not in repr(problem)


def test_an_error_that_cannot_be_told_is_one_all_the_same() -> None:
    class Broken(logging.Handler):
        def emit(self, _record: logging.LogRecord) -> None:
            raise OSError("hunter2")

    log, handler = logging.getLogger("ferrygate.common.source_places"), Broken()
    log.addHandler(handler)
    try:
        problem = problem_of(ValueError("hunter2"))
    finally:
        log.removeHandler(handler)
    assert problem.kind is Kind.INTERNAL
    assert str(problem.sentence) == "Something unexpected went wrong in Ferrygate."
    assert problem.detail == "ValueError, then OSError"


def test_an_exception_that_was_never_raised_has_no_place() -> None:
    assert problem_of(ValueError("hunter2")).detail == "ValueError"


def test_a_foreign_exception_is_placed_in_our_own_code_and_its_way_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(ValueError, match="NaN") as caught:
        time_text(math.nan)
    place = re.escape("ferrygate/common/quantities.py") + r":[0-9]+ \(local\)"
    detail = problem_of(caught.value).detail
    assert re.fullmatch(f"ValueError in {place}", detail)
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert re.fullmatch(
        f"unforeseen ValueError: common/test_errors.py:.* > {place}", record.message
    )


def test_the_way_of_what_calls_itself_without_end_is_a_short_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def again() -> None:
        again()

    with pytest.raises(RecursionError) as caught:
        again()
    problem_of(caught.value)
    assert len(caplog.text) < 5000
    assert " more) > " in caplog.text


def test_the_way_through_a_library_is_logged_without_what_it_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(ValueError, match="line 1") as caught:
        json.loads("hunter2")
    assert problem_of(caught.value).detail.startswith("JSONDecodeError in json/decoder.py:")
    assert " > json/decoder.py:" in caplog.text
    assert "hunter2" not in caplog.text


def test_an_error_carries_its_problem() -> None:
    error = UsageError(message("Wrong."), next_step=message("Look."), detail="x")
    assert error.problem == Problem(
        kind=Kind.USAGE, sentence=message("Wrong."), next_step=message("Look."), detail="x"
    )
