"""Makes the messages of the question about files whose names are taken."""

from __future__ import annotations

from ferrygate.common.entry import EntryKind
from ferrygate.common.message import Message, message, plural_message, sentences
from ferrygate.transfers.name_conflict import NameConflict
from ferrygate.transfers.views import ConflictScope, Direction


def met_words(first: NameConflict, count: int, *, more_may_come: bool) -> Message:
    """Say what was met: the one file, or how many there are so far; a sentence."""
    if count > 1 and more_may_come:
        return plural_message(
            "{count} file so far is already there.",
            "{count} files so far are already there.",
            count,
        )
    if count > 1:
        return plural_message(
            "{count} file is already there.", "{count} files are already there.", count
        )
    match first.existing.kind:
        case EntryKind.FOLDER:
            return message("“{name}” is a folder there.", name=first.name)
        case EntryKind.OTHER:
            return message("“{name}” is there, and is no file.", name=first.name)
        case _:
            return message("“{name}” is already there.", name=first.name)


def sameness_words(count: int, *, same_size: int, same_time: int) -> Message | None:
    """Say what all of them have in common with what has their names; a sentence, or none."""
    if same_time == count:
        return message("Same size, same time.")
    return message("Same size.") if same_size == count else None


def cost_words(count: int, replaceable: int, direction: Direction) -> Message:
    """Say what replacing costs, or that it cannot be done; a sentence or two.

    An upload is written under its final name on every server, and its OPEN cuts what was there to
    nothing (:mod:`ferrygate.transfers.replacing`). A download takes its name once whole.
    """
    if not replaceable:
        return message("A file can only replace a file.")
    kept = None
    if replaceable < count:
        kept = plural_message(
            "{count} of them is no file there and cannot be replaced.",
            "{count} of them are no files there and cannot be replaced.",
            count - replaceable,
        )
    cost = message("A file is replaced only once the new one is complete.")
    if direction is Direction.UPLOAD:
        cost = message("If an upload breaks off, the file that it replaces is lost.")
    return cost if kept is None else sentences(kept, cost)


def scopes(
    first: NameConflict, count: int, *, more_may_come: bool
) -> tuple[tuple[ConflictScope, Message], ...]:
    """Name the files that an answer can hold for, the widest first; none where there is one file.

    Each name is a phrase. Two that would mean the same files are named once.
    """
    this_one = (ConflictScope.THIS_ONE, message("only “{name}”", name=first.name))
    to_come = (ConflictScope.ALL, message("all, also later ones"))
    if more_may_come and count > 1:
        so_far = plural_message("the {count} so far", "the {count} so far", count)
        return to_come, (ConflictScope.MET, so_far), this_one
    if more_may_come:
        return to_come, this_one
    if count > 1:
        all_met = plural_message("all {count}", "all {count}", count)
        return (ConflictScope.ALL, all_met), this_one
    return ()


def side_names(direction: Direction) -> tuple[Message, Message]:
    """Name where the file comes from, and where its name is taken."""
    here, server = message("here"), message("server")
    return (here, server) if direction is Direction.UPLOAD else (server, here)


def kind_words(kind: EntryKind) -> Message | None:
    """Name what is no file; a phrase, or none where a file can take its place."""
    if kind is EntryKind.FOLDER:
        return message("a folder")
    return message("no file") if kind is EntryKind.OTHER else None
