"""Uploads that came so far: checkpoints, brought there step by step."""

from __future__ import annotations

from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.outcome import FileOutcome


def opening(path: bytes) -> UploadCheckpoint:
    """OPEN has left where nothing stood."""
    checkpoint = UploadCheckpoint()
    checkpoint.target_seen(None, told=True)
    checkpoint.open_left(path)
    return checkpoint


def writing(path: bytes, sent: int) -> UploadCheckpoint:
    """OPEN was answered, and so many bytes have left."""
    checkpoint = opening(path)
    checkpoint.open_answered()
    checkpoint.bytes_left(sent)
    return checkpoint


def cut(path: bytes, sent: int) -> UploadCheckpoint:
    """Make the checkpoint of an upload whose connection was lost while writing."""
    checkpoint = writing(path, sent)
    checkpoint.connection_lost(0)
    return checkpoint


def delivered(outcome: FileOutcome) -> UploadCheckpoint:
    """CLOSE was answered."""
    checkpoint = writing(outcome.remote, outcome.size)
    checkpoint.close_left(outcome.size, outcome.sha256)
    checkpoint.close_answered(outcome)
    return checkpoint
