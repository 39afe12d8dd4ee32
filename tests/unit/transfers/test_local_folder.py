"""Files fetched below the chosen folder: no link that stands there, or comes there, is followed."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import LocalFileError
from ferrygate.common.system_disk import SystemDisk
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.local_folder import LocalFolder
from ferrygate.transfers.views import ConflictChoice, TransferState
from support.scripted_sftp import ScriptedServer
from support.transfer_rig import CONTENT, TransferRig, choosing
from support.walk_rig import Walk


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Make a folder that nothing may be fetched into."""
    folder = tmp_path / "outside"
    folder.mkdir()
    return folder


@pytest.fixture
def chosen(tmp_path: Path) -> Path:
    folder = tmp_path / "chosen"
    folder.mkdir()
    return folder


@pytest.fixture
def job(desk: TransferRig, chosen: Path) -> FileJob:
    """Make a file to fetch two folders below the chosen one."""
    desk.server.files[b"/inbox/a/b/plate.csv"] = bytearray(CONTENT)
    return FileJob(
        number=0,
        local=str(chosen / "a" / "b" / "plate.csv"),
        remote=b"/inbox/a/b/plate.csv",
        root=str(chosen),
    )


def untouched(folder: Path) -> bool:
    return not list(folder.rglob("*"))


# ---------------------------------------------------------------- the walk


@pytest.mark.parametrize("way", ["inbox", "inbox/a", "inbox/a/b"])
def test_a_link_that_stands_below_the_chosen_folder_is_told(
    chosen: Path, outside: Path, way: str
) -> None:
    link = chosen / way
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside)
    folders = (b"/inbox", b"/inbox/a", b"/inbox/a/b")
    walk = Walk(ScriptedServer({b"/inbox/a/b/x": b"1"}, *folders))
    with pytest.raises(LocalFileError, match="is a link, and links are not followed") as caught:
        walk.down(b"/inbox", folder=chosen)
    assert link.name in str(caught.value.problem.sentence)
    assert untouched(outside)


def test_a_link_to_a_folder_of_the_same_target_is_not_followed_either(chosen: Path) -> None:
    (chosen / "real").mkdir()
    (chosen / "inbox").symlink_to("real")
    with pytest.raises(LocalFileError, match="is a link"):
        Walk(ScriptedServer({}, b"/inbox")).down(b"/inbox", folder=chosen)


def test_the_chosen_folder_itself_may_be_a_link(outside: Path, tmp_path: Path) -> None:
    (tmp_path / "chosen").symlink_to(outside)
    walk = Walk(ScriptedServer({b"/inbox/x": b"1"}, b"/inbox"))
    assert walk.down(b"/inbox", folder=tmp_path / "chosen") == ["inbox/x"]
    assert (outside / "inbox").is_dir()


def test_folders_above_the_chosen_one_may_be_links(outside: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(outside)
    walk = Walk(ScriptedServer({b"/x": b"1"}, b"/inbox"))
    assert walk.down(b"/x", folder=tmp_path / "link" / "new" / "newer") == ["x"]
    assert (outside / "new" / "newer").is_dir()


def test_a_file_in_the_way_is_told_as_one(chosen: Path) -> None:
    (chosen / "inbox").write_text("mine")
    with pytest.raises(LocalFileError, match="“inbox” is a file, not a folder"):
        Walk(ScriptedServer({}, b"/inbox")).down(b"/inbox", folder=chosen)


# ---------------------------------------------------------------- files


def test_a_file_comes_below_the_chosen_folder(
    desk: TransferRig, job: FileJob, chosen: Path
) -> None:
    (chosen / "a" / "b").mkdir(parents=True)
    assert desk.fetch(job).local == job.local
    assert Path(job.local).read_bytes() == CONTENT


@pytest.mark.parametrize("choice", [ConflictChoice.FAIL, ConflictChoice.REPLACE])
@pytest.mark.parametrize("way", ["a", "a/b"])
def test_a_link_that_came_since_the_walk_is_told(
    desk: TransferRig,
    job: FileJob,
    chosen: Path,
    outside: Path,
    choice: ConflictChoice,
    way: str,
) -> None:
    (chosen / way).parent.mkdir(exist_ok=True)
    (outside / "b").mkdir()
    (chosen / way).symlink_to(outside)
    with pytest.raises(LocalFileError, match="is a link"):
        desk.fetch(choosing(job, choice))
    assert [path.name for path in outside.rglob("*")] == ["b"]
    assert not desk.server.open_handles


@pytest.mark.parametrize("choice", [ConflictChoice.FAIL, ConflictChoice.REPLACE])
@pytest.mark.parametrize("way", ["a", "a/b"])
def test_a_link_that_comes_while_the_file_is_fetched_is_told(
    desk: TransferRig,
    job: FileJob,
    chosen: Path,
    outside: Path,
    choice: ConflictChoice,
    way: str,
) -> None:
    (chosen / "a" / "b").mkdir(parents=True)
    (outside / "b").mkdir()
    (outside / "b" / "plate.csv").write_text("theirs")
    (outside / "plate.csv").write_text("theirs")

    def swap(state: TransferState, _moved: int) -> None:
        if state is TransferState.CHECKING:
            (chosen / way).rename(chosen / "away")
            (chosen / way).symlink_to(outside)

    desk.reports.then = swap
    with pytest.raises(LocalFileError, match="is a link"):
        desk.fetch(choosing(job, choice))
    assert {path.read_text() for path in outside.rglob("*.csv")} == {"theirs"}
    assert len(list(outside.rglob("*"))) == 3


def test_a_name_that_is_taken_behind_a_link_is_not_looked_at(
    desk: TransferRig, job: FileJob, chosen: Path, outside: Path
) -> None:
    (outside / "plate.csv").write_text("theirs")
    (chosen / "a").mkdir()
    (chosen / "a" / "b").symlink_to(outside)
    for choice in (ConflictChoice.SKIP, ConflictChoice.KEEP_BOTH):
        with pytest.raises(LocalFileError, match="is a link"):
            desk.fetch(choosing(job, choice))


def test_a_folder_that_is_gone_is_told_when_the_file_is_to_be_made(
    desk: TransferRig, job: FileJob
) -> None:
    with pytest.raises(LocalFileError, match=r"plate\.csv"):
        desk.fetch(msgspec.structs.replace(job, size=len(CONTENT)))


# ---------------------------------------------------------------- where paths have to do


def test_without_descriptors_each_folder_is_looked_at(chosen: Path, outside: Path) -> None:
    """As on Windows, whose links and junctions are reparse points; a link is no folder here."""
    (chosen / "link").symlink_to(outside)
    (chosen / "file").touch()
    (chosen / "real").mkdir()
    disk = SystemDisk(by_descriptor=False)
    for name, sentence in (("link", "is a link"), ("file", "is a file, not a folder")):
        with (
            pytest.raises(LocalFileError, match=sentence),
            LocalFolder(str(chosen), (name,)).opened(disk),
        ):
            pass
    with LocalFolder(str(chosen), ("real",)).opened(disk) as folder:
        folder.make_folder("below")
    assert (chosen / "real" / "below").is_dir()


def test_no_descriptor_stays_open(chosen: Path, outside: Path) -> None:
    (chosen / "a" / "b").mkdir(parents=True)
    (chosen / "a" / "link").symlink_to(outside)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with LocalFolder(str(chosen), ("a", "b", "new", "newer")).opened(
        SystemDisk(), make=True
    ) as folder:
        assert folder.names() == []
    with (
        pytest.raises(LocalFileError),
        LocalFolder(str(chosen), ("a", "link", "x")).opened(SystemDisk(), make=True),
    ):
        pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize(
    ("chosen", "path", "below"),
    [
        ("/to", "/to/a", ()),
        ("/to", "/to/a/b/c", ("a", "b")),
        ("/", "/a/b", ("a",)),
        ("to", "to/a/b", ("a",)),
        (".", "a", ()),
        (".", "a/b/c", ("a", "b")),
        ("", "/anywhere/a", ()),
    ],
)
def test_the_way_below_the_chosen_folder(chosen: str, path: str, below: tuple[str, ...]) -> None:
    folder = LocalFolder.holding(chosen, path)
    assert folder.below == below
    assert folder.path / Path(path).name == Path(path)


@pytest.mark.parametrize("path", ["/other/a/b", "/together/a", "/"])
def test_nothing_is_held_by_a_folder_that_it_is_not_below(path: str) -> None:
    with pytest.raises(ValueError, match="subpath"):
        LocalFolder.holding("/to", path)
