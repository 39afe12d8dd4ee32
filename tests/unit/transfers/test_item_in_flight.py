"""An item that a lane works at."""

from __future__ import annotations

from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.item_in_flight import ItemInFlight
from ferrygate.transfers.views import ConflictChoice
from support.checkpoints import writing

JOB = FileJob(number=0, local="/a", remote=b"/a", size=100)


async def walk(files: RemoteFiles) -> None:
    """Find nothing."""


def test_an_upload_changes_a_checkpoint_of_its_own() -> None:
    known = UploadCheckpoint()
    one = ItemInFlight.of(FileJob(number=0, local="/a", remote=b"/a", size=100, resume_from=known))
    assert one.checkpoint == known
    assert one.checkpoint is not known


def test_a_file_without_a_checkpoint_begins_with_one() -> None:
    assert ItemInFlight.of(JOB).checkpoint == UploadCheckpoint()


def test_a_walk_and_a_new_file_replace_nothing() -> None:
    assert not ItemInFlight.of(walk).is_replacing
    assert not ItemInFlight.of(JOB).is_replacing


def test_a_file_that_is_being_written_replaces_one_that_may_be_there() -> None:
    job = FileJob(number=0, local="/a", remote=b"/a", size=100, on_conflict=ConflictChoice.REPLACE)
    unseen, free = ItemInFlight.of(job), ItemInFlight.of(job)
    assert not unseen.is_replacing
    unseen.checkpoint.target_seen(None, told=False)
    unseen.checkpoint.open_left(b"/a")
    unseen.checkpoint.open_answered()
    free.checkpoint = writing(b"/a", 40)
    assert (unseen.is_replacing, free.is_replacing) == (True, False)
