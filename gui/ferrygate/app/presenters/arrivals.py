"""Entries that come into the folder shown, beside its listings."""

from __future__ import annotations

from ferrygate.app.presenters.entry_sink import EntrySink
from ferrygate.common.clock import Clock
from ferrygate.common.entry import Entry, EntryKind

PAUSE_SECONDS = 0.25
"""Between two hand-overs: each costs the list the more the longer it is, and small files come by
the thousand. The tick of each second brings what the last one left."""


class Arrivals:
    """Hands new entries to the list a few times a second, and never while it is being read.

    A listing that was under way when an entry came may or may not have it, so that those are handed
    over after it.
    """

    def __init__(self, clock: Clock, sink: EntrySink) -> None:
        self._clock = clock
        self._sink = sink
        self._entries: dict[bytes, Entry] = {}
        self._folders: set[bytes] = set()  # handed over: each of their files tells of them
        self._next = float("-inf")  # monotonic

    def forget(self) -> None:
        """Another folder is shown."""
        self._entries.clear()
        self._folders.clear()

    def forget_folders(self) -> None:
        """Forget folders, as the folder is read again: a person may have removed one."""
        self._folders.clear()

    def add(self, entry: Entry) -> None:
        """Take an entry; one of the same name before it is out of date."""
        if entry.name not in self._folders:
            self._entries[entry.name] = entry
            if entry.kind is EntryKind.FOLDER:
                self._folders.add(entry.name)

    def put(self, *, at_once: bool) -> bool:
        """Hand over what has come; tell whether there was any, and it was time to."""
        now = self._clock.monotonic()
        if not self._entries or (now < self._next and not at_once):
            return False
        self._next = now + PAUSE_SECONDS
        self._sink.put(self._entries.values())
        self._entries.clear()
        return True
