"""The part of a name that a person means to change when renaming."""

from __future__ import annotations

_PACKED = ("bz2", "gz", "lz", "lzma", "xz", "zst")  # what stands behind ``.tar``
_MAX_ENDING = 8  # characters; longer ones are part of a name, such as in "notes.from yesterday"


def stem_length(name: str, *, is_folder: bool) -> int:
    """Count the characters before a name's ending, which tells what a file is.

    A folder has no ending, nor has a name whose only dot comes first; ``.tar.gz`` is one ending.
    """
    stem, _dot, ending = name.rpartition(".")
    if is_folder or not stem.strip(".") or not _is_ending(ending):
        return len(name)
    shorter, _dot, inner = stem.rpartition(".")
    if ending.casefold() in _PACKED and inner.casefold() == "tar" and shorter:
        return len(shorter)
    return len(stem)


def _is_ending(text: str) -> bool:
    return text.isalnum() and len(text) <= _MAX_ENDING
