"""S3's rules about names: prefixes, markers, long keys, several folders shown as one home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ferrygate.sandbox.folder_store import FolderStore
from ferrygate.sandbox.object_tree import ObjectTree
from ferrygate.sandbox.settings import MissingParents, Settings
from ferrygate.sandbox.store import Status, StatusError
from support.fake_clock import ManualClock

HOME = {"/": "vendor7"}
MAPPED = {"/in": "vendor7/in", "/archive/2026": "shared/2026"}
CREATES = Settings(missing_parents=MissingParents.CREATE)


@pytest.fixture
def objects(tmp_path: Path) -> FolderStore:
    (tmp_path / "staging").mkdir()
    for folder in ("vendor7/in", "shared/2026"):
        (tmp_path / "bucket" / folder).mkdir(parents=True)
    return FolderStore(tmp_path / "bucket", tmp_path / "staging", ManualClock())


def put(tree: ObjectTree, path: str, content: bytes = b"x") -> None:
    writing = tree.open_writing(path, create=True, exclusive=False)
    writing.append(content)
    writing.publish()


def names(tree: ObjectTree, path: str) -> list[str]:
    return [name.decode() for name, _ in tree.list(path)]


def status_of(tree: ObjectTree, path: str) -> Status:
    try:
        tree.stat(path)
    except StatusError as error:
        return error.status
    return Status.OK


class TestFolders:
    def test_a_folder_that_was_never_made_is_gone_with_its_last_object(
        self, objects: FolderStore, tmp_path: Path
    ) -> None:
        tree = ObjectTree(objects, HOME, CREATES)
        put(tree, "/a/b/one")
        put(tree, "/a/b/two")
        tree.remove("/a/b/one")
        assert tree.stat("/a/b").is_folder
        tree.remove("/a/b/two")
        assert status_of(tree, "/a/b") is status_of(tree, "/a") is Status.NO_SUCH_FILE
        assert sorted(path.name for path in (tmp_path / "bucket/vendor7").iterdir()) == ["in"]

    def test_a_folder_that_was_made_stays(self, objects: FolderStore) -> None:
        tree = ObjectTree(objects, HOME, Settings())
        tree.make_folder("/made")
        put(tree, "/made/one")
        tree.remove("/made/one")
        assert names(tree, "/made") == []
        tree.remove_folder("/made")
        assert status_of(tree, "/made") is Status.NO_SUCH_FILE

    def test_a_folder_that_was_empty_stays_since_only_a_marker_could_show_it(
        self, objects: FolderStore
    ) -> None:
        tree = ObjectTree(objects, HOME, Settings())
        put(tree, "/in/one")
        tree.remove("/in/one")
        assert tree.stat("/in").is_folder

    def test_markers_are_known_to_the_next_start(
        self, objects: FolderStore, tmp_path: Path
    ) -> None:
        tree = ObjectTree(objects, HOME, CREATES)
        tree.make_folder("/made")
        for path in ("/made/one", "/in/one", "/never-made/one"):
            put(tree, path)
        again = FolderStore(tmp_path / "bucket", tmp_path / "staging", ManualClock())
        tree = ObjectTree(again, HOME, CREATES)
        for path in ("/made/one", "/in/one", "/never-made/one"):
            tree.remove(path)
        assert names(tree, "/") == ["in", "made"]

    def test_a_folder_that_was_removed_by_other_means_has_lost_its_marker(
        self, objects: FolderStore, tmp_path: Path
    ) -> None:
        tree = ObjectTree(objects, HOME, CREATES)
        tree.make_folder("/a")
        (tmp_path / "bucket/vendor7/a").rmdir()
        put(tree, "/a/one")
        tree.remove("/a/one")
        assert names(tree, "/") == ["in"]

    def test_an_empty_folder_above_those_of_an_upload_stays(self, objects: FolderStore) -> None:
        tree = ObjectTree(objects, HOME, CREATES)
        put(tree, "/in/a/b/one")
        tree.remove("/in/a/b/one")
        assert (names(tree, "/"), names(tree, "/in")) == (["in"], [])

    def test_a_folder_goes_with_the_last_object_that_is_renamed_away(
        self, objects: FolderStore
    ) -> None:
        tree = ObjectTree(objects, HOME, CREATES)
        put(tree, "/a/one")
        tree.rename("/a/one", "/b/two")
        assert names(tree, "/") == ["b", "in"]

    def test_an_upload_that_is_forgotten_leaves_no_folder(self, objects: FolderStore) -> None:
        tree = ObjectTree(objects, HOME, CREATES)
        tree.open_writing("/a/b/one", create=True, exclusive=False).discard()
        assert names(tree, "/") == ["in"]

    def test_an_upload_outlives_its_folder_since_a_bucket_has_none(
        self, objects: FolderStore
    ) -> None:
        tree = ObjectTree(objects, HOME, CREATES)
        put(tree, "/a/b/old")
        writing = tree.open_writing("/a/b/new", create=True, exclusive=False)
        tree.remove("/a/b/old")
        assert names(tree, "/") == ["in"]
        writing.publish()
        assert names(tree, "/a/b") == ["new"]
        tree.remove("/a/b/new")
        assert names(tree, "/") == ["in"]

    def test_parents_must_be_there_by_default(self, objects: FolderStore) -> None:
        tree = ObjectTree(objects, HOME, Settings())
        for make in (tree.make_folder, lambda path: put(tree, path)):
            with pytest.raises(StatusError) as caught:
                make("/missing/one")
            assert caught.value.status is Status.NO_SUCH_FILE

    def test_a_file_is_nobodys_parent(self, objects: FolderStore) -> None:
        tree = ObjectTree(objects, HOME, CREATES)
        put(tree, "/file")
        with pytest.raises(StatusError) as caught:
            put(tree, "/file/one")
        assert caught.value.status is Status.NO_SUCH_FILE


class TestLongNames:
    LONG = "ä" * 400 + "z"

    def test_one_part_may_be_as_long_as_the_key(self, objects: FolderStore) -> None:
        tree = ObjectTree(objects, HOME, Settings())
        longest = "n" * (1024 - len("vendor7/"))
        put(tree, f"/{longest}", b"content")
        assert names(tree, "/") == ["in", longest]
        reading = tree.open_reading(f"/{longest}")
        assert reading.read(0, 100) == b"content"
        reading.close()
        with pytest.raises(StatusError, match="Key is too long"):
            put(tree, f"/{longest}n")

    def test_folders_too_and_a_new_start_still_knows_them(
        self, objects: FolderStore, tmp_path: Path
    ) -> None:
        tree = ObjectTree(objects, HOME, Settings())
        tree.make_folder(f"/{self.LONG}")
        put(tree, f"/{self.LONG}/one")
        again = FolderStore(tmp_path / "bucket", tmp_path / "staging", ManualClock())
        tree = ObjectTree(again, HOME, Settings())
        assert names(tree, "/") == ["in", self.LONG]
        assert names(tree, f"/{self.LONG}") == ["one"]

    def test_a_name_that_only_begins_alike_is_its_own(self, objects: FolderStore) -> None:
        tree = ObjectTree(objects, HOME, Settings())
        put(tree, "/.long-hair")
        assert names(tree, "/") == [".long-hair", "in"]


def test_what_is_replaced_removed_or_renamed_is_kept_where_versions_are(tmp_path: Path) -> None:
    for folder in ("bucket/vendor7", "staging"):
        (tmp_path / folder).mkdir(parents=True)
    bucket = tmp_path / "bucket"
    objects = FolderStore(bucket, tmp_path / "staging", ManualClock(), keeps_versions=True)
    tree = ObjectTree(objects, HOME, CREATES)
    for content in (b"first", b"second", b"third"):
        put(tree, "/d/a", content)
    tree.remove("/d/a")
    put(tree, "/d", b"a file")
    tree.rename("/d", "/e")
    assert {
        path.relative_to(bucket / ".versions").as_posix(): path.read_bytes()
        for path in (bucket / ".versions").rglob("*")
        if path.is_file()
    } == {
        "vendor7/d/a/.version-1": b"first",
        "vendor7/d/a/.version-2": b"second",
        "vendor7/d/a/.version-3": b"third",
        "vendor7/d/.version-1": b"a file",
    }
    assert names(tree, "/") == ["e"]


class TestMappings:
    @pytest.fixture
    def tree(self, objects: FolderStore) -> ObjectTree:
        return ObjectTree(objects, MAPPED, Settings())

    def test_their_parents_are_shown(self, tree: ObjectTree) -> None:
        assert names(tree, "/") == ["archive", "in"]
        assert names(tree, "/archive") == ["2026"]
        for path in ("/", "/archive", "/archive/2026", "/in"):
            assert tree.stat(path).is_folder
        assert status_of(tree, "/archive/2025") is Status.NO_SUCH_FILE

    def test_each_leads_to_its_folder(self, tree: ObjectTree, tmp_path: Path) -> None:
        put(tree, "/in/one")
        put(tree, "/archive/2026/two")
        assert (tmp_path / "bucket/vendor7/in/one").exists()
        assert (tmp_path / "bucket/shared/2026/two").exists()
        tree.rename("/in/one", "/archive/2026/one")
        assert names(tree, "/archive/2026") == ["one", "two"]

    @pytest.mark.parametrize("path", ["/new", "/archive/new"])
    def test_nothing_can_be_put_above_them(self, tree: ObjectTree, path: str) -> None:
        put(tree, "/in/one")
        changes: list[Callable[[], object]] = [
            lambda: put(tree, path),
            lambda: tree.make_folder(path),
            lambda: tree.rename("/in/one", path),
        ]
        for change in changes:
            with pytest.raises(StatusError) as caught:
                change()
            assert caught.value.status is Status.PERMISSION_DENIED

    @pytest.mark.parametrize("path", ["/", "/archive", "/in"])
    def test_they_and_their_parents_cannot_be_removed(self, tree: ObjectTree, path: str) -> None:
        with pytest.raises(StatusError) as caught:
            tree.remove_folder(path)
        assert caught.value.status is Status.PERMISSION_DENIED

    def test_a_name_that_begins_alike_is_outside(self, tree: ObjectTree) -> None:
        assert status_of(tree, "/inbox") is Status.NO_SUCH_FILE
