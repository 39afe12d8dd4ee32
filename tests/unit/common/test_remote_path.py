from __future__ import annotations

import pytest

from ferrygate.common.errors import UsageError
from ferrygate.common.remote_path import basename, join, normalise, parent


def test_join() -> None:
    assert join(b"/", b"a") == b"/a"
    assert join(b"/in", b"a\xff") == b"/in/a\xff"
    assert join(b"/in/", b"a") == b"/in/a"


@pytest.mark.parametrize(
    ("path", "folder", "name"),
    [(b"/", b"/", b""), (b"/a", b"/", b"a"), (b"/a/b", b"/a", b"b")],
)
def test_parent_and_name(path: bytes, folder: bytes, name: bytes) -> None:
    assert parent(path) == folder
    assert basename(path) == name


@pytest.mark.parametrize(
    ("path", "absolute"),
    [
        ("/", b"/"),
        (".", b"/"),
        ("inbox/", b"/inbox"),
        ("//a//b/./c", b"/a/b/c"),
        ("/a/../../b", b"/b"),
        (b"/\xff/..", b"/"),
        (b"\xff", b"/\xff"),
        ("/e\u0301", "/é".encode()),
    ],
)
def test_normalise(path: str | bytes, absolute: bytes) -> None:
    assert normalise(path) == absolute


@pytest.mark.parametrize("path", [b"/a\0b", "a\0", "", b""], ids=repr)
def test_what_no_path_can_be_is_refused(path: str | bytes) -> None:
    with pytest.raises(UsageError):
        normalise(path)
