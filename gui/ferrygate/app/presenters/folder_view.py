"""Describes what the file area shows."""

from __future__ import annotations

from enum import Enum

import msgspec

from ferrygate.common.display import display_name
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.remote_path import join
from ferrygate.common.text import number_text

# Why a folder cannot be shown that may take files nevertheless.
LIKE_A_DROP_BOX = {
    Kind.NOT_FOUND,
    Kind.PERMISSION_DENIED,
    Kind.REMOTE_FAILURE,
    Kind.UNSUPPORTED,
}


class FolderState(Enum):
    """Tells what stands where the list is."""

    NOTHING = "nothing"
    LOADING = "loading"
    READY = "ready"
    EMPTY = "empty"
    FAILED = "failed"


class Crumb(msgspec.Struct, frozen=True):
    """One clickable part of the path."""

    label: str
    path: bytes


class TypedName(msgspec.Struct, frozen=True):
    """A name that a person has typed.

    Attributes:
        text: as it was typed.
        old: the name of the entry that it was typed for; empty for a new folder.
    """

    text: str
    old: bytes = b""


class FolderView(msgspec.Struct, frozen=True, kw_only=True):
    """The file area.

    Attributes:
        path: the folder shown.
        crumbs: from the start folder down to this one.
        places: the start folder and the folders in it.
        can_go_back: there is a folder to go back to.
        can_go_forward: there is a folder that was gone back from.
        can_change: new folders make sense now, which they never do offline.
        can_upload: uploads make sense now, which they do in a drop box as well, and offline never.
        state: what stands where the list is.
        problem: why the folder could not be shown.
        refused: why the last change did not happen.
        refused_name: what was typed for it, another object for each refusal; none for others.
        question: what is asked before something is removed; empty where nothing is.
        is_reading: more of it may come.
        entries_read: how many came so far, or in all.
        is_filling: uploads bring files into it.
        is_away: the connection is lost, and is to come back.
    """

    path: bytes
    crumbs: tuple[Crumb, ...]
    places: tuple[Crumb, ...]
    can_go_back: bool = False
    can_go_forward: bool = False
    can_change: bool = False
    can_upload: bool = False
    state: FolderState = FolderState.NOTHING
    problem: Problem | None = None
    refused: Problem | None = None
    refused_name: TypedName | None = None
    question: str = ""
    is_reading: bool = False
    entries_read: int = 0
    is_filling: bool = False
    is_away: bool = False

    @property
    def loading(self) -> str:
        """Say why nothing is shown yet."""
        return _("Shown once the connection is back") if self.is_away else _("Loading…")

    @property
    def reading(self) -> str:
        """Say that the list is not whole; empty where it is, or where something else says so."""
        if not self.is_reading or self.state not in {FolderState.READY, FolderState.EMPTY}:
            return ""
        if not self.entries_read:
            return _("Reading…")
        return _("Reading… {count} so far").format(count=number_text(self.entries_read))

    def stands_in(self, place: Crumb) -> bool:
        """Tell whether the folder shown is this place or lies below it; home is only itself."""
        if place == self.places[0]:
            return self.path == place.path
        return self.path == place.path or self.path.startswith(place.path + b"/")


def crumbs(start: bytes, path: bytes) -> tuple[Crumb, ...]:
    """List the way to a folder: from the start folder if it lies below it, else from the root."""
    base = start.rstrip(b"/")
    if path != start and not path.startswith(base + b"/"):
        base = b""
    steps = [Crumb(_("Home") if base or start == b"/" else "/", base or b"/")]
    for name in path[len(base) :].split(b"/"):
        if name:
            steps.append(Crumb(display_name(name), join(steps[-1].path, name)))
    return tuple(steps)
