"""Open uploads are known to the next start, and to no other sandbox that runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.common.errors import SettingsError
from ferrygate.sandbox.upload_journal import OpenUpload, UploadJournal, clear_left_over

S3, BUCKET = "http://127.0.0.1:1", "bucket"


class Crash:
    """Leaves a journal's file as an end by force does: unlocked, with what was written."""

    def __init__(self, folder: Path) -> None:
        self.journal = UploadJournal(folder, S3, BUCKET)

    def now(self) -> None:
        self.journal._file.close()


def files(folder: Path) -> list[Path]:
    return list(folder.glob("*.jsonl"))


def cleared(folder: Path, endpoint: str = S3, bucket: str = BUCKET) -> list[tuple[str, str]]:
    found: list[OpenUpload] = []
    clear_left_over(folder, endpoint, bucket, found.append)
    return [(upload.key, upload.upload_id) for upload in found]


def test_a_run_that_ends_in_order_leaves_no_file(tmp_path: Path) -> None:
    journal = UploadJournal(tmp_path, S3, BUCKET)
    journal.end(journal.opened(journal.begin("a"), "id"))
    journal.close()
    assert files(tmp_path) == []


def test_an_upload_that_could_not_be_aborted_is_left_to_the_next_start(tmp_path: Path) -> None:
    journal = UploadJournal(tmp_path, S3, BUCKET)
    journal.opened(journal.begin("a"), "id")
    journal.close()
    assert cleared(tmp_path) == [("a", "id")]
    assert files(tmp_path) == []


def test_after_a_crash_the_open_uploads_are_aborted_once(tmp_path: Path) -> None:
    crash = Crash(tmp_path)
    crash.journal.end(crash.journal.opened(crash.journal.begin("done"), "1"))
    crash.journal.opened(crash.journal.begin("open"), "2")
    crash.journal.begin("asked for")
    crash.now()
    assert cleared(tmp_path) == [("open", "2"), ("asked for", "")]
    assert cleared(tmp_path) == []


def test_a_sandbox_that_runs_keeps_its_uploads(tmp_path: Path) -> None:
    journal = UploadJournal(tmp_path, S3, BUCKET)
    upload = journal.opened(journal.begin("a"), "id")
    assert cleared(tmp_path) == []
    journal.end(upload)
    journal.close()


@pytest.mark.parametrize(("endpoint", "bucket"), [("http://127.0.0.1:2", BUCKET), (S3, "other")])
def test_uploads_of_another_bucket_wait_for_it(tmp_path: Path, endpoint: str, bucket: str) -> None:
    crash = Crash(tmp_path)
    crash.journal.begin("a")
    crash.now()
    assert cleared(tmp_path, endpoint, bucket) == []
    assert cleared(tmp_path) == [("a", "")]


def test_an_abort_that_fails_keeps_the_file(tmp_path: Path) -> None:
    crash = Crash(tmp_path)
    crash.journal.begin("a")
    crash.now()

    def refuse(_upload: OpenUpload) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        clear_left_over(tmp_path, S3, BUCKET, refuse)
    assert cleared(tmp_path) == [("a", "")]


def test_a_last_line_that_was_cut_off_does_not_matter(tmp_path: Path) -> None:
    crash = Crash(tmp_path)
    crash.journal.begin("a")
    crash.journal._file.write(b'{"endpoint": "ht')
    crash.now()
    assert cleared(tmp_path) == [("a", "")]


def test_a_file_that_something_else_wrote_is_named(tmp_path: Path) -> None:
    (tmp_path / "uploads-x.jsonl").write_bytes(b"[]\n")
    with pytest.raises(SettingsError, match="damaged"):
        cleared(tmp_path)
