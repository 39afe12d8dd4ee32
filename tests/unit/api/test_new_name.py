"""A file under another name, and folders that look like one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ferrygate.api.session import Session
from ferrygate.common.errors import UsageError

MakeSession = Callable[..., tuple[Session, Any]]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.csv"
    path.write_bytes(b"1")
    return path


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("new.csv", b"new.csv"),
        ("no ending", b"no ending"),
        ("Gro\u0308ße", "Größe".encode()),
        (b"a\xff", b"a\xff"),
        ("-", b"-"),
    ],
)
def test_a_file_goes_under_another_name(
    make_session: MakeSession, report: Path, name: str | bytes, sent: bytes
) -> None:
    session, engine = make_session()
    session.put(report, "/inbox", name=name)
    assert engine.sent[0].name == sent
    session.put(report, "/inbox/report.csv", name=name)
    assert engine.sent[1].folder == b"/inbox/report.csv"


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "/a", "a/", "a\0", "a\nb", "a\u202eb", b"", b"a/b", b".."],
    ids=repr,
)
def test_what_is_no_name_is_refused(
    make_session: MakeSession, report: Path, name: str | bytes
) -> None:
    session, engine = make_session()
    with pytest.raises(UsageError):
        session.put(report, "/inbox", name=name)
    assert engine.sent == []


def test_one_name_is_for_one_file(make_session: MakeSession, report: Path, tmp_path: Path) -> None:
    session, engine = make_session()
    for sources in ([report, report], [], tmp_path):
        with pytest.raises(UsageError, match="one file only"):
            session.put(sources, "/inbox", name="new.csv")
    for name in (7, ["a"], True):
        with pytest.raises(TypeError, match="name must be"):
            session.put(report, "/inbox", name=name)  # type: ignore[arg-type]
    assert engine.sent == []


@pytest.mark.parametrize(
    ("source", "folder", "is_folder"),
    [
        ("report.csv", "/inbox/new.csv", False),
        ("report.csv", "/inbox/NEW.CSV", False),
        ("report.CSV", "new.csv", False),
        ("report.csv", b"/inbox/newer.csv", False),
        ("archive.tar.gz", "/in/other.gz", False),
        ("report.csv", "/inbox/new.csv/", True),
        ("report.csv", "/inbox/new.txt", True),
        ("report.csv", "/inbox.csv/in", True),
        ("report.csv", "/inbox/csv", True),
        ("report.csv", "/inbox/.csv", True),
        ("README", "/inbox/READ", True),
        ("report.csv", "/", True),
        (".profile", "/inbox/.profile", True),
    ],
)
def test_a_folder_that_ends_as_the_file_does_is_no_folder(
    make_session: MakeSession,
    tmp_path: Path,
    source: str,
    folder: str | bytes,
    *,
    is_folder: bool,
) -> None:
    (tmp_path / source).write_bytes(b"1")
    session, engine = make_session()
    if is_folder:
        session.put(tmp_path / source, folder)
        assert engine.sent[0].name is None
        return
    with pytest.raises(UsageError, match="looks like the name of a file") as caught:
        session.put(tmp_path / source, folder)
    assert "--as " in str(caught.value.problem.next_step)
    assert engine.sent == []
    session.put([tmp_path / source, tmp_path / "other"], folder)
    assert len(engine.sent) == 1, "several go into a folder of any name"


def test_a_folder_of_files_may_end_as_it_likes(make_session: MakeSession, tmp_path: Path) -> None:
    (tmp_path / "plates.csv").mkdir()
    session, engine = make_session()
    session.put(tmp_path / "plates.csv", "/inbox/plates.csv")
    assert len(engine.sent) == 1
