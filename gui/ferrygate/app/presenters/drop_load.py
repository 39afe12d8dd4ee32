"""Describes what a drag carries, and says what of it cannot be dropped."""

from __future__ import annotations

from enum import Enum

import msgspec

from ferrygate.common.errors import Problem, UsageError
from ferrygate.common.message import Message, message, plural_message, sentences


class LeftOut(Enum):
    """Kinds of things that are no files of this computer, and so cannot be sent or opened."""

    WEB_ADDRESS = "web-address"
    ON_DEMAND = "on-demand"  # an attachment, which its program makes a file of when it is saved
    PICTURE = "picture"  # without a file
    ELSEWHERE = "elsewhere"  # in the trash, on a phone, on another computer
    TEXT = "text"
    UNKNOWN = "unknown"


class DropLoad(msgspec.Struct, frozen=True, kw_only=True):
    """The load of a drag.

    Attributes:
        files: local paths.
        left_out: what else it carries, each thing once.
        has_picture: a picture comes with it, be it a file or not.
        is_own: rows of the list, which only a local folder takes.
    """

    files: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    has_picture: bool = False
    is_own: bool = False


_ONE = {
    LeftOut.WEB_ADDRESS: message("This is a web address."),
    LeftOut.ON_DEMAND: message("This is an attachment or a message, and not a file yet."),
    LeftOut.PICTURE: message("This is a picture without a file."),
    LeftOut.ELSEWHERE: message("This is not on the disk of this computer."),
    LeftOut.TEXT: message("This is text, and not a file."),
    LeftOut.UNKNOWN: message("This is not a file."),
}
_ONE_NEXT = {
    LeftOut.WEB_ADDRESS: message("Download it first, then drop the file."),
    LeftOut.ON_DEMAND: message("Save it first, then drop the file."),
    LeftOut.PICTURE: message("Save it first, then drop the file."),
    LeftOut.ELSEWHERE: message("Copy it to a folder of this computer first, then drop it."),
    LeftOut.TEXT: message("Save it as a file first, then drop the file."),
    LeftOut.UNKNOWN: message("Drop files or folders of this computer."),
}
_SEVERAL_NEXT = {
    LeftOut.WEB_ADDRESS: message("Download them first, then drop the files."),
    LeftOut.ELSEWHERE: message("Copy them to a folder of this computer first, then drop them."),
    LeftOut.UNKNOWN: message("Drop files or folders of this computer."),
}
_SAVE_THEM = message("Save them on this computer first, then drop the files.")


def short_words(load: DropLoad) -> Message:
    """Say what something is that has no file in it, while it hangs over the window."""
    kinds = set(load.left_out)
    return _ONE[kinds.pop()] if len(kinds) == 1 else message("These are not files.")


def left_out_problem(load: DropLoad) -> Problem:
    """Say what a drop brought that cannot be taken, and what to do about it."""
    if not load.files and len(load.left_out) == 1:
        kind = load.left_out[0]
        return UsageError(_ONE[kind], next_step=_ONE_NEXT[kind]).problem
    kinds = list(dict.fromkeys(load.left_out))
    said = [_left_out(kind, load.left_out.count(kind)) for kind in kinds]
    if len(load.left_out) == 1:
        next_step = _ONE_NEXT[kinds[0]]
    else:
        next_step = _SEVERAL_NEXT.get(kinds[0], _SAVE_THEM) if len(kinds) == 1 else _SAVE_THEM
    return UsageError(sentences(said[0], *said[1:]), next_step=next_step).problem


def _left_out(kind: LeftOut, count: int) -> Message:
    match kind:
        case LeftOut.WEB_ADDRESS:
            said = plural_message(
                "{count} web address was left out.", "{count} web addresses were left out.", count
            )
        case LeftOut.ON_DEMAND:
            said = plural_message(
                "{count} attachment or message was left out.",
                "{count} attachments or messages were left out.",
                count,
            )
        case LeftOut.PICTURE:
            said = plural_message(
                "{count} picture without a file was left out.",
                "{count} pictures without files were left out.",
                count,
            )
        case LeftOut.ELSEWHERE:
            said = plural_message(
                "{count} item was left out: it is not on the disk of this computer.",
                "{count} items were left out: they are not on the disk of this computer.",
                count,
            )
        case _:
            said = plural_message(
                "{count} item was left out: it is not a file.",
                "{count} items were left out: they are not files.",
                count,
            )
    return said
