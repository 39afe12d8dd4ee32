from __future__ import annotations

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


def classes(cls: type[FerrygateError]) -> list[type[FerrygateError]]:
    return [cls, *(below for each in cls.__subclasses__() for below in classes(each))]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_one_class_and_survives_the_way_there_and_back(kind: Kind) -> None:
    problem = Problem(kind=kind, sentence="It broke.", next_step="Mend it.", detail="7")
    error = error_for(problem)
    assert problem_of(error) == problem
    assert str(error) == "It broke."
    assert [cls.kind for cls in classes(FerrygateError)].count(kind) == 1


def test_the_key_that_a_server_showed_survives_the_way_there_and_back() -> None:
    problem = problem_of(HostKeyChangedError("Another server.", fingerprint="SHA256:abc"))
    assert problem.fingerprint == "SHA256:abc"
    assert problem_of(error_for(problem)) == problem


def test_a_foreign_exception_is_named_by_type_and_place_only() -> None:
    def fail() -> None:
        raise KeyError("hunter2")

    with pytest.raises(KeyError) as caught:
        fail()
    problem = problem_of(caught.value)
    assert problem.kind is Kind.INTERNAL
    assert problem.detail.startswith("builtins.KeyError at fail:")
    assert "hunter2" not in repr(problem)


def test_an_exception_that_was_never_raised_has_no_place() -> None:
    assert problem_of(ValueError("hunter2")).detail == "builtins.ValueError"


def test_an_error_carries_its_problem() -> None:
    error = UsageError("Wrong.", next_step="Look.", detail="x")
    assert error.problem == Problem(
        kind=Kind.USAGE, sentence="Wrong.", next_step="Look.", detail="x"
    )
