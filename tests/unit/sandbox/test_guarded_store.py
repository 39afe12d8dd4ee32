"""A session does what its policy allows, and no more."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ferrygate.identity.policy import session_policy
from ferrygate.sandbox.folder_store import FolderStore
from ferrygate.sandbox.guarded_store import GuardedStore
from ferrygate.sandbox.session_policy import SessionPolicy
from ferrygate.sandbox.store import Status, StatusError
from support.fake_clock import ManualClock

ROLE = "arn:aws:iam::111122223333:role/sftp"
ALL = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}

Act = Callable[[GuardedStore], object]

OUTSIDE: dict[str, Act] = {
    "head": lambda store: store.head("dadex/a"),
    "prefix": lambda store: store.has_prefix("dadex/"),
    "emptiness": lambda store: store.is_empty("dadex/"),
    "list": lambda store: store.list("dadex/"),
    "list the bucket": lambda store: store.list(""),
    "list the name without its slash": lambda store: store.list("dade"),
    "read": lambda store: store.open_reading("dadex/a"),
    "write": lambda store: store.open_writing("dadex/new").publish(),
    "make": lambda store: store.put_marker("dadex/new/"),
    "delete": lambda store: store.delete("dadex/a"),
    "move out": lambda store: store.move("dade/a", "dadex/new"),
    "move in": lambda store: store.move("dadex/a", "dade/new"),
}


@pytest.fixture
def objects(tmp_path: Path) -> FolderStore:
    for folder in ("dade", "dadex"):
        (tmp_path / "bucket" / folder).mkdir(parents=True)
        (tmp_path / "bucket" / folder / "a").write_bytes(b"x")
    (tmp_path / "staging").mkdir()
    return FolderStore(tmp_path / "bucket", tmp_path / "staging", ManualClock())


def guarded(objects: FolderStore, *statements: dict[str, object]) -> GuardedStore:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return GuardedStore(objects, "bucket", SessionPolicy(text, {"transfer:UserName": "dade"}))


@pytest.fixture
def home(objects: FolderStore) -> GuardedStore:
    text = session_policy(ROLE, "/bucket/dade", "")
    return GuardedStore(objects, "bucket", SessionPolicy(text, {}))


def test_a_home_is_open(home: GuardedStore) -> None:
    home.put_marker("dade/d/")
    writing = home.open_writing("dade/d/b")
    writing.append(b"content")
    assert writing.attributes().size == 7
    writing.publish()
    home.move("dade/d/b", "dade/c")
    reading = home.open_reading("dade/c")
    assert reading.read(0, 9) == b"content"
    reading.close()
    home.delete("dade/c")
    home.delete("dade/d/")
    assert home.has_prefix("dade/")
    assert [name for name, _ in home.list("dade/")] == [b"a"]
    assert home.head("dade/missing") is None
    home.open_writing("dade/e").discard()


@pytest.mark.parametrize("act", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_no_other_home_is(home: GuardedStore, tmp_path: Path, act: Act) -> None:
    with pytest.raises(StatusError) as caught:
        act(home)
    assert caught.value.status is Status.PERMISSION_DENIED
    assert [path.name for path in (tmp_path / "bucket/dadex").iterdir()] == ["a"]
    assert list((tmp_path / "staging").iterdir()) == []


def test_a_right_that_is_missing_shows_at_the_end_of_an_upload(objects: FolderStore) -> None:
    store = guarded(objects, {**ALL, "Action": "s3:Get*"})
    writing = store.open_writing("dade/new")
    writing.append(b"x")
    with pytest.raises(StatusError, match="Permission denied"):
        writing.publish()


@pytest.mark.parametrize(
    ("statements", "is_allowed"),
    [
        ([ALL], True),
        ([{**ALL, "Action": ["S3:getobject"]}], True),
        ([{**ALL, "Action": "s3:Get?bject"}], True),
        ([{**ALL, "Action": "s3:PutObject"}], False),
        ([{**ALL, "Resource": "arn:aws:s3:::bucket/${transfer:UserName}/*"}], True),
        ([{**ALL, "Resource": "arn:aws:s3:::bucket/dad/*"}], False),
        ([ALL, {**ALL, "Effect": "Deny"}], False),
        ([{**ALL, "Effect": "Deny"}], False),
        ([{**ALL, "Condition": {"StringEquals": {"s3:prefix": "dade/"}}}], False),
    ],
)
def test_statements(
    objects: FolderStore, statements: list[dict[str, object]], *, is_allowed: bool
) -> None:
    store = guarded(objects, *statements)
    if is_allowed:
        assert store.head("dade/a")
    else:
        with pytest.raises(StatusError):
            store.head("dade/a")


def test_a_prefix_may_have_to_be_one_text(objects: FolderStore) -> None:
    condition = {"StringEquals": {"s3:prefix": ["dade/"]}}
    store = guarded(objects, {**ALL, "Condition": condition})
    assert store.has_prefix("dade/")
    with pytest.raises(StatusError):
        store.has_prefix("dade/d/")
