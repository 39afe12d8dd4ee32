"""Names from the server made fit for people and for any disk, and names on their way to it.

A name from the server is hostile until it went through :func:`display_name` (for eyes) or
:func:`safe_local_name` (for the disk). Requests to the server always use the original bytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import count

from ferrygate.common.display import display_name, is_unsafe
from ferrygate.common.errors import UsageError
from ferrygate.common.message import message

MAX_NAME_BYTES = 255
"""Longest file name on the usual file systems, bytes of UTF-8."""

_NOT_ON_WINDOWS = re.compile(r'[<>:"/\\|?*]')
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"}
)
MAX_EXTENSION_BYTES = 32
"""Longest ending of a name, behind its last dot, bytes of UTF-8; a longer one is no ending."""


def edited_name(old: bytes, text: str) -> bytes:
    """Return the new name that a person made of an old one, as :func:`display_name` shows it.

    Unchanged parts keep their bytes: an escape in place of an invisible character does
    not become a backslash and letters.

    Args:
        old: the server's bytes.
        text: the edited text.

    Raises:
        UsageError: as for :func:`remote_name`.
    """
    pieces = _pieces(old)
    start = end = 0  # pieces at the beginning and at the end that are as they were
    head, tail = "", ""
    for shown, _raw in pieces:
        if not text.startswith(head + shown):
            break
        head += shown
        start += 1
    for shown, _raw in reversed(pieces[start:]):
        if not text[len(head) :].endswith(shown + tail):
            break
        tail = shown + tail
        end += 1
    escapes = {shown: raw for shown, raw in pieces if shown.encode() != raw}
    middle = text[len(head) : len(text) - len(tail)]
    parts = re.split("|".join(map(re.escape, escapes)), middle) if escapes else [middle]
    found = re.findall("|".join(map(re.escape, escapes)), middle) if escapes else []
    new = to_remote_bytes(parts[0])
    for shown, part in zip(found, parts[1:], strict=True):
        new += escapes[shown] + to_remote_bytes(part)
    untouched = [raw for _shown, raw in pieces]
    whole = b"".join([*untouched[:start], new, *untouched[len(untouched) - end :]])
    remote_name(whole.decode("utf-8", "surrogateescape"))  # says what no name can be
    return whole


def _pieces(name: bytes) -> list[tuple[str, bytes]]:
    """Yield a name piece by piece: as it is shown, and its bytes."""
    text = name.decode("utf-8", "surrogateescape")
    return [
        (display_name(raw), raw)
        for raw in (character.encode("utf-8", "surrogateescape") for character in text)
    ]


def safe_local_name(name: bytes, taken: Callable[[str], bool] = lambda _name: False) -> str:
    """Make a name that every disk takes, for a remote name.

    Never holds a separator, a control or bidirectional character, a Windows device name or a
    trailing dot or space; never is ``.`` or ``..``; at most 255 bytes of UTF-8.

    Args:
        name: the server's bytes.
        taken: tells whether a name is given away already; a number is then added.
    """
    text = name.decode("utf-8", "replace")
    if not (text.isascii() and text.isprintable()):  # nearly all are, and it is much faster
        text = unicodedata.normalize("NFC", text).replace("\ufffd", "_")
        text = "".join("_" if is_unsafe(character) else character for character in text)
    text = _NOT_ON_WINDOWS.sub("_", text)
    stem, extension = _split(text)
    candidates = (_fitted(stem, suffix, extension) for suffix in _suffixes())
    return next(candidate for candidate in candidates if not taken(candidate))


class NameSet:
    """Holds the names in use in one local folder; upper and lower case count as the same."""

    def __init__(self) -> None:
        self._folded: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self._folded

    def give(self, name: bytes) -> str:
        """Return a safe local name for a remote one, unlike all given before."""
        given = safe_local_name(name, self.__contains__)
        self._folded.add(_folded(given))
        return given


def remote_name(text: str) -> bytes:
    """Return the bytes under which a local name goes to the server: NFC, UTF-8.

    Bytes that were no UTF-8 on this disk go as they are (PEP 383).

    Raises:
        UsageError: the name is empty, ``.`` or ``..``, or holds ``/`` or NUL.
    """
    if text in {"", ".", ".."} or "/" in text or "\0" in text:
        raise UsageError(
            message("“{name}” cannot be the name of a file or folder.", name=text),
            next_step=message("Use a name without “/”.")
            if "/" in text
            else message("Use another name."),
        )
    return to_remote_bytes(text)


def to_remote_bytes(text: str) -> bytes:
    """Encode a text for the server: NFC, UTF-8, undecodable local bytes unchanged (PEP 383).

    Raises:
        UsageError: the text holds half a character (a lone UTF-16 surrogate).
    """
    try:
        return unicodedata.normalize("NFC", text).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise UsageError(
            message("“{name}” contains a character that cannot be sent.", name=text)
        ) from None


def _folded(name: str) -> str:
    if name.isascii():
        return name.lower()
    decomposed = unicodedata.normalize("NFD", name).casefold()
    return unicodedata.normalize("NFC", decomposed)


def _suffixes() -> Iterable[str]:
    yield ""
    for number in count(2):
        yield f" ({number})"


def _split(text: str) -> tuple[str, str]:
    """Stem and extension; an overlong extension is part of the stem."""
    text = text.rstrip(". ")
    stem, dot, extension = text.rpartition(".")
    if not stem or len(extension.encode()) > MAX_EXTENSION_BYTES:
        return text, ""
    return stem, dot + extension


def _fitted(stem: str, suffix: str, extension: str) -> str:
    """Join the parts to one name, with the stem cut so that the name fits."""
    if stem.partition(".")[0].rstrip(" ").upper() in _DEVICES:
        stem = f"_{stem}"
    room = MAX_NAME_BYTES - len((suffix + extension).encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore")
    if not suffix and not extension:
        stem = stem.rstrip(". ")
    return unicodedata.normalize("NFC", (stem or "_") + suffix + extension)
