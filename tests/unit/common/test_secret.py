from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable

import msgspec
import pytest

from ferrygate.common.secret import Secret

SECRET = Secret("hunter2")


def test_a_secret_shows_itself_to_nobody_who_does_not_ask() -> None:
    assert "hunter2" not in f"{SECRET}{SECRET!r}{SECRET!s}{SECRET!a}{[SECRET]}" + str(SECRET)
    assert SECRET.reveal() == "hunter2"


@pytest.mark.parametrize(
    "write",
    [pickle.dumps, json.dumps, msgspec.json.encode, copy.deepcopy],
    ids=["pickle", "json", "msgspec", "copy"],
)
def test_a_secret_is_not_written_by_accident(write: Callable[[object], object]) -> None:
    with pytest.raises(TypeError):
        write(SECRET)


def test_secrets_compare_by_their_text() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")
