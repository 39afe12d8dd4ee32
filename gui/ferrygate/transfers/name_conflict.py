"""Describes a file whose name is taken, for a person who decides about it."""

from __future__ import annotations

import msgspec

from ferrygate.common.entry import EntryKind

_REPLACEABLE = frozenset({EntryKind.FILE, EntryKind.UNKNOWN, EntryKind.LINK})


class FileFacts(msgspec.Struct, frozen=True, gc=False):
    """Holds size and time of one of the two files that want a name.

    Attributes:
        kind: of what it is, links followed; a link is one that leads nowhere.
        size: bytes; ``None`` where not known.
        modified: seconds since the epoch; ``None`` where not known.
    """

    kind: EntryKind = EntryKind.UNKNOWN
    size: int | None = None
    modified: float | None = None


class NameConflict(msgspec.Struct, frozen=True, gc=False):
    """Describes a file that is to be moved, and the entry that has its name there.

    Attributes:
        number: of the file in its batch.
        name: of the file, with its folders below the batch's target; cleaned for display.
        new: the file that is to be moved.
        existing: what has its name.
    """

    number: int
    name: str
    new: FileFacts
    existing: FileFacts

    @property
    def can_replace(self) -> bool:
        """Tell whether a file can take the place of what has its name."""
        return self.existing.kind in _REPLACEABLE

    @property
    def is_same_size(self) -> bool:
        """Tell whether both are files and known to have one size."""
        new, existing = self.new, self.existing
        return self.can_replace and new.size is not None and new.size == existing.size

    @property
    def is_same_time(self) -> bool:
        """Tell whether both are known to have been modified in the same second."""
        new, existing = self.new.modified, self.existing.modified
        return bool(new and existing) and int(new or 0) == int(existing or 0)
