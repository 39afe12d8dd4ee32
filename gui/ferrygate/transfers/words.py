"""Makes messages about a batch, and about how one file of it ended."""

from __future__ import annotations

from ferrygate.common.message import Message, Moment, message, plural_message
from ferrygate.transfers.views import (
    BatchView,
    Confirmation,
    Direction,
    FileView,
    LeftBehind,
    SkipReason,
)

_CONFIRMATIONS = {
    Confirmation.CONFIRMED: message("size confirmed by the server"),
    Confirmation.NO_ANSWER: message("size not confirmed: no answer came"),
    Confirmation.MOVED_ON: message("size not confirmed: the server has already moved it on"),
    Confirmation.NO_SIZES: message("size not confirmed: the server does not tell sizes"),
    Confirmation.OTHER_SIZE_TOLD: message("size not confirmed: the server tells another"),
    Confirmation.REPLACED_SINCE: message("delivered, and another file was sent to its name since"),
    Confirmation.NOT_ASKED_AGAIN: message("delivered, not asked again, though the line was lost"),
}
_SKIPPED = {
    SkipReason.OTHER_SIZE_THERE: message("skipped, another size on the server"),
    SkipReason.LINK_TO_FOLDER: message("left out: a link to a folder"),
    SkipReason.LOOP: message("left out: a link back to a folder that it lies in"),
    SkipReason.SPECIAL: message("left out: neither a file nor a folder"),
}
_LEFT = {
    LeftBehind.PART: message("A part of the file may be left on the server."),
    LeftBehind.OVERWRITTEN: message(
        "The file that was there may have been overwritten by an incomplete one."
    ),
    LeftBehind.LATE_PART: message(
        "It was delivered, but a part of it may have come over it since."
    ),
    LeftBehind.UNKNOWN: message("What is left of it is not known."),
}


def confirmation_words(file: FileView, direction: Direction) -> Message | None:
    """Say how the size of a delivered file was confirmed, or why it was not; a phrase."""
    if file.confirmation is Confirmation.CONFIRMED and direction is Direction.DOWNLOAD:
        return message("complete")
    if file.not_told is not None:
        return message("size not confirmed: {reason}", reason=file.not_told.sentence)
    return _CONFIRMATIONS.get(file.confirmation)


def skipped_words(file: FileView, direction: Direction) -> Message | None:
    """Say why a file was skipped, where that is not plain from the command; a phrase."""
    reason = file.skip_reason
    if reason is SkipReason.OTHER_SIZE_THERE and direction is Direction.DOWNLOAD:
        return message("skipped, another size on this computer")
    return None if reason is None else _SKIPPED.get(reason)


def left_words(file: FileView) -> Message | None:
    """Say what a file that was not delivered may have left on the server; a sentence."""
    return _LEFT.get(file.left_behind)


def batch_title(view: BatchView) -> Message:
    """Name what a batch moves: the one file or folder, or how many there are."""
    if view.sources == 1:
        return message("{name}", name=view.name)
    return plural_message("{count} item", "{count} items", view.sources)


def late_words(count: int, until: float, *, delivered: bool) -> Message:
    """Say when files are asked about again, which a part of a lost connection may still replace.

    Args:
        count: how many there are.
        until: seconds since the epoch.
        delivered: all of them are; else some may not be sent before.
    """
    time = Moment(until)
    if delivered:
        return plural_message(
            "Delivered; asked again at {time}, because the line was lost.",
            "{count} files delivered; asked again at {time}, because the line was lost.",
            count,
            time=time,
        )
    return plural_message(
        "{count} file is sent again at {time}, because the line was lost.",
        "{count} files are sent, or asked again about, at {time}, because the line was lost.",
        count,
        time=time,
    )
