"""No packet makes the sandbox fail, and no path leads out of the home folder."""

from __future__ import annotations

import contextlib
import struct
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ferrygate.sandbox.activity_log import ActivityLog, SessionLog
from ferrygate.sandbox.folder_store import FolderStore
from ferrygate.sandbox.object_tree import ObjectTree
from ferrygate.sandbox.records import Counters
from ferrygate.sandbox.settings import Settings
from ferrygate.sandbox.sftp_handler import SftpHandler
from ferrygate.sandbox.wire import MalformedError
from support.fake_clock import ManualClock
from support.sftp_bytes import string

Requests = st.SearchStrategy[bytes]

MARK = b"outside, where nobody may look"

parts = st.sampled_from(
    [b"..", b".", b"", b"a", b"b", b"folder", b"out", b"inside", b"secret", b"\xff", b"\x00"]
)
paths = st.lists(parts, max_size=5).map(b"/".join).map(string)
handles = st.integers(1, 6).map(lambda number: string(number.to_bytes(4)))
words = st.integers(0, 0xFFFFFFFF).map(lambda number: struct.pack(">I", number))
flags = st.integers(0, 0x3F).map(lambda number: struct.pack(">I", number))
offsets = st.sampled_from([0, 1, 4, 2**63, 2**64 - 1]).map(lambda number: struct.pack(">Q", number))
fields = paths | handles | flags | words | offsets | st.binary(max_size=8)


def requests_of(kinds: st.SearchStrategy[int], *parts: st.SearchStrategy[bytes]) -> Requests:
    """Packets of these types, with request number 0 and these fields."""
    body = st.tuples(*parts).map(b"".join)
    return st.builds(lambda kind, rest: bytes((kind,)) + bytes(4) + rest, kinds, body)


requests = st.one_of(
    requests_of(st.just(3), paths, flags),
    requests_of(st.sampled_from([4, 8, 12]), handles),
    requests_of(st.just(5), handles, offsets, words),
    requests_of(st.just(6), handles, offsets, paths),
    requests_of(st.sampled_from([7, 11, 13, 14, 15, 16, 17]), paths),
    requests_of(st.just(18), paths, paths),
    requests_of(st.sampled_from([*range(3, 21), 200]), fields, fields, fields),
)


@settings(max_examples=200)
@given(packets=st.lists(requests, max_size=25))
def test_every_request_is_answered_inside(packets: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        home, staging, outside = root / "vendor7", root / ".uploads", root / "outside"
        for each in (home / "folder", staging, outside):
            each.mkdir(parents=True)
        (outside / "secret").write_bytes(MARK)
        (home / "out").symlink_to(outside)
        (home / "inside").symlink_to(home / "folder")
        objects = FolderStore(root, staging, ManualClock())
        log = SessionLog(ActivityLog(Path(folder) / "activities.jsonl"))
        store = ObjectTree(objects, {"/": "vendor7"}, Settings())
        handler = SftpHandler(store, Counters(), Settings(), log, lambda: False)
        try:
            for packet in packets:
                with contextlib.suppress(MalformedError):
                    assert MARK not in handler.answer(packet)
        finally:
            handler.end()
        assert [path.name for path in outside.iterdir()] == ["secret"]
        assert (outside / "secret").read_bytes() == MARK
        made = {path.name for path in root.iterdir()} - {".markers"}
        assert made == {"vendor7", ".uploads", "outside"}
        assert list(staging.iterdir()) == []
