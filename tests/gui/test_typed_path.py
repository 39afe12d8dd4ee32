from __future__ import annotations

import pytest

from ferrygate.app.presenters.history import History, name_towards
from ferrygate.app.presenters.typed_path import typed_path
from ferrygate.common.errors import UsageError


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/data", b"/data"),
        (" /data/ ", b"/data"),
        ("~", b"/start"),
        ("~/inbox", b"/start/inbox"),
        ("inbox", b"/exports/\xff/inbox"),
        ("..", b"/exports"),
        ("/", b"/"),
        ("/exports/\\xff", b"/exports/\xff"),
        ("/exports/\\xff/é", "/exports/\udcff/é".encode("utf-8", "surrogateescape")),
    ],
)
def test_a_path_is_read_as_people_mean_it(text: str, path: bytes) -> None:
    assert typed_path(text, shown=b"/exports/\xff", home=b"/start") == path


def test_below_the_root_a_name_is_enough() -> None:
    assert typed_path("inbox", shown=b"/", home=b"/") == b"/inbox"
    assert typed_path("/inbox", shown=b"/", home=b"/") == b"/inbox"


@pytest.mark.parametrize("text", ["", "  ", "a\0b"])
def test_what_can_be_no_path_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        typed_path(text, shown=b"/", home=b"/")


def test_back_and_forward_go_through_the_same_folders() -> None:
    history = History()
    history.leave(b"/")
    history.leave(b"/a")
    assert history.back(b"/a/b") == b"/a"
    assert history.back(b"/a") == b"/"
    assert history.back(b"/") == b"/"
    assert not history.can_go_back
    assert history.forward(b"/") == b"/a"
    history.leave(b"/a")
    assert not history.can_go_forward


def test_the_way_up_names_the_folder_that_was_left() -> None:
    assert name_towards(b"/", b"/a/b") == b"a"
    assert name_towards(b"/a", b"/a/b/c") == b"b"
    assert name_towards(b"/a", b"/ab") == b""
    assert name_towards(b"/a/b", b"/a") == b""
