"""Holds the entries of one folder in columns, as the list needs them.

As objects with their sort keys, 100,000 entries took 85 MB and up to a second to sort; in columns
they take a third of that. What sorting and filtering need is made for a whole block of names at
once, since a call into Python for each name is what costs time: the names of a block are joined by
slashes, which no name holds, made fit for eyes, folded and given their sort keys as one text.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain

from ferrygate.app.models.kinds import kind_text
from ferrygate.app.models.natural_order import natural_key
from ferrygate.app.models.sorted_runs import SortedRuns
from ferrygate.common.display import display_name
from ferrygate.common.entry import Entry, EntryKind

_BETWEEN = "/"
_KINDS = tuple(EntryKind)
_MARK_OF = {kind: mark for mark, kind in enumerate(_KINDS)}
_KIND, _HAS_SIZE, _HAS_TIME = 0b0111, 0b1000, 0b1_0000
_RUN = 2000  # entries that are put in order together
_PIECE = 4000  # entries of each of two runs that are joined at once: some milliseconds
_FOLDER = _MARK_OF[EntryKind.FOLDER]
_LEAD_INTO_FOLDERS = {EntryKind.FOLDER, EntryKind.LINK}


class FolderTable:
    """Entries by their number, in the order in which they came; none is ever taken out."""

    def __init__(self) -> None:
        self._names: list[bytes] = []
        self._marks = bytearray()  # kind, and whether size and time are known
        self._may_have_folders = False
        self._sizes = array("Q")  # SFTP's are of 64 bits, without a sign
        self._size_keys = array("d")  # Python compares these faster than numbers over 2**30
        self._times = array("d")
        self._words: dict[str, int] = {}  # for kinds, numbered
        self._texts: list[str] = []  # the same, by their numbers
        self._word_of = array("I")
        self._known_words: dict[tuple[int, bytes], int] = {}  # by kind and extension
        self._folded: list[str] = []  # a text for each block
        self._keys: list[str] = []
        self._runs = SortedRuns(self._keys.__getitem__)  # all but the latest entries, by name
        self._in_runs = 0

    def __len__(self) -> int:
        return len(self._names)

    def add(self, entries: Sequence[Entry]) -> None:
        """Take a block of entries in."""
        if not entries:
            return
        names = [entry.name for entry in entries]
        self._names += names
        marks = bytes([_mark(entry) for entry in entries])
        self._marks += marks
        self._may_have_folders |= any(mark & _KIND == _FOLDER for mark in marks)
        sizes = [entry.size for entry in entries]
        self._sizes.extend([size or 0 for size in sizes])
        self._size_keys.extend([-1 if size is None else size for size in sizes])
        self._times.extend([entry.modified or 0 for entry in entries])
        self._word_of.extend([self._word_number(entry) for entry in entries])
        folded = display_name(b"/".join(names)).casefold()
        self._folded.append(folded)
        self._keys += natural_key(folded).split(_BETWEEN)
        if len(self) - self._in_runs >= _RUN:
            self._add_run()
        else:
            self._runs.join_alike(_PIECE)

    def put(self, entries: Sequence[Entry]) -> list[int]:
        """Take entries that may be known by their names already; the numbers of those.

        An entry that leads into a folder is kept: of a new folder no more than its name is known.
        """
        fresh = {entry.name: entry for entry in entries}
        known = [number for number, name in enumerate(self._names) if name in fresh]
        for number in known:
            entry = fresh.pop(self._names[number], self.entry(number))
            if entry.kind is not EntryKind.FOLDER or self.kind(number) not in _LEAD_INTO_FOLDERS:
                self._change(number, entry)
        self.add(tuple(fresh.values()))
        return known

    def _change(self, number: int, entry: Entry) -> None:
        self._marks[number] = _mark(entry)
        self._may_have_folders |= entry.kind is EntryKind.FOLDER
        self._sizes[number] = entry.size or 0
        self._size_keys[number] = -1 if entry.size is None else entry.size
        self._times[number] = entry.modified or 0
        self._word_of[number] = self._word_number(entry)

    def _word_number(self, entry: Entry) -> int:
        name = entry.name
        dot = name.rfind(b".")
        known = (_MARK_OF[entry.kind], name[dot:] if dot > 0 else b"")
        if (number := self._known_words.get(known)) is not None:
            return number
        word = kind_text(name, entry.kind)
        number = self._words.setdefault(word, len(self._words))
        if number == len(self._texts):
            self._texts.append(word)
        self._known_words[known] = number
        return number

    def _add_run(self) -> None:
        self._runs.add(range(self._in_runs, len(self)))
        self._in_runs = len(self)

    def join_some(self) -> bool:
        """Do a part of what is left to do for the order of names; tell whether there was any."""
        if self._in_runs < len(self):
            self._add_run()
        return self._runs.join(_PIECE)

    # ------------------------------------------------------------ one entry

    def entry(self, number: int) -> Entry:
        """Return the entry of a number, as it came."""
        mark = self._marks[number]
        return Entry(
            self._names[number],
            _KINDS[mark & _KIND],
            self._sizes[number] if mark & _HAS_SIZE else None,
            int(self._times[number]) if mark & _HAS_TIME else None,
        )

    def name(self, number: int) -> bytes:
        """Return the server's bytes of a name."""
        return self._names[number]

    def kind(self, number: int) -> EntryKind:
        """Return the kind that the server reported."""
        return _KINDS[self._marks[number] & _KIND]

    def is_folder(self, number: int) -> bool:
        """Tell whether the server reported a folder."""
        return self._marks[number] & _KIND == _FOLDER

    def kind_word(self, number: int) -> str:
        """Return the kind in words, such as ``CSV document``."""
        return self._texts[self._word_of[number]]

    # ------------------------------------------------------------ all of them

    def by_name(self, first: int = 0) -> Sequence[int]:
        """Return all numbers from one on, sorted by name in natural order."""
        if first:
            return sorted(range(first, len(self)), key=self._keys.__getitem__)
        if self._in_runs < len(self):
            self._add_run()
        return self._runs.whole()

    def name_key(self) -> Callable[[int], str]:
        """Give what names are sorted by."""
        return self._keys.__getitem__

    def size_key(self) -> Callable[[int], float]:
        """Give what sizes are sorted by; entries without one come lowest."""
        return self._size_keys.__getitem__

    def time_key(self) -> Callable[[int], float]:
        """Give what times of change are sorted by."""
        return self._times.__getitem__

    def kind_key(self) -> Callable[[int], int]:
        """Give what kinds are sorted by: their words."""
        rank = {word: at for at, word in enumerate(sorted(self._texts))}
        ranks = [rank[word] for word in self._texts]
        return [ranks[word] for word in self._word_of].__getitem__

    def folders_first(self, numbers: Sequence[int]) -> list[int]:
        """Put folders before the rest, each in the order they have."""
        marks = self._marks
        if not self._may_have_folders:
            return list(numbers)
        folders = [number for number in numbers if marks[number] & _KIND == _FOLDER]
        return folders + [number for number in numbers if marks[number] & _KIND != _FOLDER]

    def holding(self, text: str, numbers: Iterable[int]) -> list[int]:
        """Return the numbers whose names contain a folded text, whatever their case."""
        folded = _BETWEEN.join(self._folded).split(_BETWEEN)
        return [number for number in numbers if text in folded[number]]

    def beginning(self, text: str, numbers: Sequence[int], start: int) -> int:
        """Find the next name that begins with a folded text, wrapping at the end; or -1."""
        folded = _BETWEEN.join(self._folded).split(_BETWEEN)
        cyclic = chain(range(start, len(numbers)), range(min(start, len(numbers))))
        return next((at for at in cyclic if folded[numbers[at]].startswith(text)), -1)

    def named(self, names: Iterable[bytes]) -> list[int]:
        """Return the numbers that have one of these names."""
        wanted = set(names)
        return [number for number, name in enumerate(self._names) if name in wanted]

    def numbers_from(self, other: FolderTable, numbers: Collection[int]) -> Collection[int]:
        """Return the numbers that have the names of entries of another table, or of this one."""
        if not numbers or other._names == self._names:
            return numbers
        return self.named(other.names(numbers))

    def names(self, numbers: Iterable[int]) -> list[bytes]:
        """Return the server's bytes of several names."""
        known = self._names
        return [known[number] for number in numbers]


def _mark(entry: Entry) -> int:
    mark = _MARK_OF[entry.kind]
    if entry.size is not None:
        mark |= _HAS_SIZE
    return mark if entry.modified is None else mark | _HAS_TIME
