"""Changes that a person makes in a folder: what is asked, sent, and still under way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from ferrygate.app.presenters.folder_view import TypedName
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.places import Places
from ferrygate.common.display import display_name
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.i18n import _, ngettext
from ferrygate.common.names import edited_name, remote_name
from ferrygate.common.remote_path import join
from ferrygate.common.text import number_text
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Done, Failed
from ferrygate.engine.messages.files import MakeFolder, RemovePath, RenamePath


class Change(msgspec.Struct, frozen=True):
    """A change that was asked for.

    Attributes:
        folder: whose entries it changes.
        done: called once it has happened.
        typed: the name that a person typed for it; none for a removal.
    """

    folder: bytes
    done: Callable[[], object]
    typed: TypedName | None = None


class FolderChanges:
    """Asks the engine for new folders, new names and removals; places follow what has happened."""

    def __init__(self, outbox: Outbox, places: Places, choose: Callable[[bytes], object]) -> None:
        """Take what is needed.

        Args:
            outbox: the way to the engine.
            places: the folders of the start folder.
            choose: selects what a change has made, by its path.
        """
        self._outbox = outbox
        self._choose = choose
        self._places = places
        self._under_way: dict[int, Change] = {}  # by request

    def make_folder(self, folder: bytes, name: str) -> None:
        """Make a folder in another.

        Raises:
            UsageError: a folder cannot have that name.
        """
        path = join(folder, remote_name(name.strip()))
        number = self._outbox.ask(lambda number: MakeFolder(request=number, path=path))
        self._under_way[number] = Change(folder, partial(self._made, path), TypedName(name))

    def rename(self, folder: bytes, old: bytes, name: str) -> None:
        """Give an entry of a folder another name; nothing is asked for where it is the same.

        Raises:
            UsageError: it cannot have that name.
        """
        if name == display_name(old):
            return
        source = join(folder, old)
        target = join(folder, edited_name(old, _trimmed(name, display_name(old))))
        number = self._outbox.ask(
            lambda number: RenamePath(request=number, source=source, target=target)
        )
        done = partial(self._renamed, source, target)
        self._under_way[number] = Change(folder, done, TypedName(name, old))

    def _made(self, path: bytes) -> None:
        self._places.add(path)
        self._choose(path)

    def _renamed(self, source: bytes, target: bytes) -> None:
        self._places.rename(source, target)
        self._choose(target)

    def remove(self, folder: bytes, entries: Iterable[Entry]) -> None:
        """Remove entries of a folder, and all that is in them."""
        for entry in entries:
            path = join(folder, entry.name)
            number = self._outbox.ask(_removal(path, recursive=entry.kind is EntryKind.FOLDER))
            self._under_way[number] = Change(folder, partial(self._places.remove, path))

    def end(self, event: Done | Failed) -> Change | None:
        """Return the change that a request's end tells of; ``None`` for other requests."""
        change = self._under_way.pop(event.request, None)
        if change is not None and isinstance(event, Done):
            change.done()
        return change

    def are_under_way(self, folder: bytes) -> bool:
        """Tell whether more changes of a folder's entries are to come."""
        return any(change.folder == folder for change in self._under_way.values())


def removal_question(entries: tuple[Entry, ...]) -> str:
    """Ask before entries are removed; empty for none."""
    if not entries:
        return ""
    if len(entries) > 1:
        return ngettext("Remove {count} item?", "Remove {count} items?", len(entries)).format(
            count=number_text(len(entries))
        )
    name = display_name(entries[0].name)
    if entries[0].kind is EntryKind.FOLDER:
        return _("Remove the folder “{name}” and all that is in it?").format(name=name)
    return _("Remove “{name}”?").format(name=name)


def _trimmed(text: str, old: str) -> str:
    """Strip a typed name of blanks at its ends, except for those that the old one has there."""
    if old == old.lstrip():
        text = text.lstrip()
    return text.rstrip() if old == old.rstrip() else text


def _removal(path: bytes, *, recursive: bool) -> Callable[[int], Command]:
    return lambda number: RemovePath(request=number, path=path, recursive=recursive)
