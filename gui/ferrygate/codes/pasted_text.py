"""Finds in a pasted text what sets up a code: addresses, or a key with words around it.

Addresses come out of mails, spreadsheets, chats and other apps' exports: between quotes, escaped
for HTML, JSON, a shell or another address, with invisible characters, over several lines, and
several in one text. Where more than one reading is possible nothing is guessed: a wrong key makes
wrong codes, and five of those lock an account.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from urllib.parse import unquote

from ferrygate.common.errors import CodeSecretError
from ferrygate.common.message import message

_SCHEMES = r"otpauth(?:-migration)?"
_BEGIN = re.compile(  # iOS has a scheme of its own for its password manager
    rf"(?:(?<![A-Za-z0-9+.-])|(?<=apple-)){_SCHEMES}:/{{1,3}}", re.IGNORECASE
)
_BEGIN_ESCAPED = re.compile(  # once, or more often on the way through several addresses
    rf"{_SCHEMES}%(?:25)*3A%(?:25)*2F%(?:25)*2F[^\s&\"'<>]*", re.IGNORECASE
)
_AMPERSANDS = re.compile(r"&(?:amp;)+|&#(?:38|x26);|\\u0026", re.IGNORECASE)
_LINE_ENDS = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # to ASCII
_NO_PART_OF_ADDRESSES = re.compile(r"[\"<>`“”„«»]")
_CLOSING = {"'": "'", "\u2018": "\u2019", "(": ")", "[": "]", "{": "}"}
_AFTER_SENTENCES = " \t\u00a0.,;!)]}"
_ONE_PIECE = re.compile(r"[A-Za-z0-9%&=._~:/+-]+", re.ASCII)
_PARAMETER_SIGNS = re.compile(r"[&=%]")
_SECRET = re.compile(r"[?&]secret=[^&]", re.IGNORECASE)
_SPACED_SECRET = re.compile(r"[?&]secret=([^&#]*)", re.IGNORECASE)

_QUOTES = " \t\r\n\"'`“”„\u2018\u2019«»<>()[]"
_LABEL = re.compile(r"[:=\uff1a]")
_KEY_LETTERS = re.compile(r"[A-Za-z2-7]+", re.ASCII)
_GROUPS_END = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_WORDS = re.compile(r"[^\W_]+")
_MIN_KEY_AMONG_WORDS = 16  # characters of a key that is found by its looks: Okta's have as many
_MAX_GROUP = 8  # characters; keys are printed in groups of four to eight
# Words in front of keys that have only letters which keys have too.
_LABEL_WORDS = frozenset(
    {"key", "secret", "code", "token", "your", "setup", "manual", "enter", "schluessel", "clave"}
)


def addresses_in(text: str) -> tuple[str, ...]:
    """Find the ``otpauth`` addresses in a text, each in one piece and without escapes.

    Raises:
        CodeSecretError: an address may go on in the next line, or may not.
    """
    cleaned = _without_invisible(text)
    if not re.search(_SCHEMES, cleaned, re.IGNORECASE):
        cleaned = cleaned.translate(_FULL_WIDTH)
    escaped = _BEGIN_ESCAPED.findall(cleaned)
    if escaped:  # as a parameter of another address, such as one that draws QR codes
        return tuple(map(_unescaped, escaped))
    cleaned = _AMPERSANDS.sub("&", cleaned).replace("\\", "")
    begins = (found.start() for found in _BEGIN.finditer(cleaned))
    return tuple(
        _in_one_piece(cleaned[begin:end], cleaned[begin - 1 : begin])
        for begin, end in pairwise([*begins, len(cleaned)])
    )


def key_in(text: str) -> str:
    """Find the key in a text; the text itself where there are no words around a key.

    Raises:
        CodeSecretError: there are words, and it is not clear where the key begins.
    """
    bare = _without_invisible(text).strip(_QUOTES + _AFTER_SENTENCES)
    lines = [line for line in bare.split("\n") if line.strip(_QUOTES)]
    keys = {line: key for line in lines if (key := _labelled_key(line))}
    if len(keys) == 1 and not any(_may_be_key(line) for line in lines if line not in keys):
        return keys.popitem()[1]
    has_words = any(word.lower() in _LABEL_WORDS for word in _WORDS.findall(bare))
    if has_words or (keys and len(lines) > 1):
        raise CodeSecretError(
            message("There is more here than a key alone."),
            next_step=message(
                "Paste the key alone and in one line, with nothing before or after it."
            ),
        )
    _reject_words(bare)
    return bare


def _labelled_key(line: str) -> str:
    """Return the key in a line, behind a colon or alone; empty if there is none for certain."""
    return _as_key_among_words(line.strip(_QUOTES)) or _as_key_among_words(
        _LABEL.split(line.rstrip("= "))[-1].strip(_QUOTES)
    )


def _may_be_key(line: str) -> bool:
    return all(_KEY_LETTERS.fullmatch(word) for word in _WORDS.findall(line)) and not (
        _LABEL.search(line)
    )


def _reject_words(text: str) -> None:
    """Reject letters that are no key but a word or several.

    A real key of so few letters with no digit among them is rarer than a slip of a password. Of
    Okta's, which have 16 characters, one in thirty has no digit.
    """
    groups = re.split(_GROUPS_END, text)
    letters = "".join(groups)
    few = 1 < len(letters) < _MIN_KEY_AMONG_WORDS
    has_words = len(groups) > 1 and not _are_groups(groups)
    if re.fullmatch(r"[A-Za-z]+", letters) and (few or has_words):
        raise CodeSecretError(
            message("This is a word, not a key."),
            next_step=message("Copy the key from the page that shows it."),
        )


def _unescaped(address: str) -> str:
    while not _BEGIN.match(address):
        address = unquote(address)
    return address


def _without_invisible(text: str) -> str:
    """Drop what cannot be seen; each end of a line becomes one line feed."""
    lines = _LINE_ENDS.sub("\n", text)
    return "".join(
        character
        for character in lines
        if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cf"}
    )


def _in_one_piece(text: str, before: str) -> str:
    """Cut an address at its end, given the character before it."""
    closing = _CLOSING.get(before)
    if closing:
        text = text.partition(closing)[0]
    lines = _NO_PART_OF_ADDRESSES.split(text)[0].split("\n")
    address = lines[0]
    for line in lines[1:]:
        piece = line.strip()
        if not _ONE_PIECE.fullmatch(piece):
            break  # a blank line, or words
        if not _PARAMETER_SIGNS.search(piece) and _SECRET.search(address):
            raise CodeSecretError(
                message(
                    "The address is spread over several lines, and it is not clear where it ends."
                ),
                next_step=message("Paste it in one line, with nothing before or after it."),
            )
        address = address.rstrip() + piece
    _check_spaces(address)
    return address.rstrip(_AFTER_SENTENCES)


def _check_spaces(address: str) -> None:
    """Reject a key that is followed by words, which would become a part of it."""
    found = _SPACED_SECRET.search(address)
    groups = found[1].split() if found else []
    if len(groups) > 1 and not _are_groups(groups):
        raise CodeSecretError(
            message("There are words behind the address."),
            next_step=message("Paste the address alone, with nothing before or after it."),
        )


def _as_key_among_words(text: str) -> str:
    """Return the key that a part of a text is, without its spaces; empty if it is none.

    Letters alone could be a name or a word, so they do not count here. One key in thirty that has
    16 characters is not recognised for that.
    """
    groups = re.split(_GROUPS_END, text.translate(_FULL_WIDTH).rstrip("="))
    compact = "".join(groups)
    is_key = (
        len(compact) >= _MIN_KEY_AMONG_WORDS
        and re.fullmatch(r"[A-Z2-7]+|[a-z2-7]+", compact, re.ASCII)
        and re.search(r"[2-7]", compact)
        and (len(groups) == 1 or _are_groups(groups))
    )
    return compact if is_key else ""


def _are_groups(groups: list[str]) -> bool:
    """Tell whether all have the same length, but for a shorter last one."""
    size = len(groups[0])
    return (
        size <= _MAX_GROUP
        and all(len(group) == size for group in groups[:-1])
        and len(groups[-1]) <= size
    )
