"""Reads and writes connection files: a site as TOML to hand out, without any secret.

A connection file is mail from a stranger: reading one is strict, and does nothing but read.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from ferrygate.common.errors import ConnectionFileError
from ferrygate.common.local_disk import reason
from ferrygate.common.message import Message, message
from ferrygate.sites.fields import SECTIONS, TOP, Check, InvalidValueError
from ferrygate.sites.site import Policy, SignInSettings, Site, Support
from ferrygate.sites.toml_lines import KeyPath, key_lines

SUFFIX = ".ferrygate"
FORMAT = 1  # of the file; another number is rejected, as its keys may mean something else
MAX_BYTES = 64 * 1024  # of a file; those that are handed out have a few KiB

_SECRET_WORD = re.compile(
    r"(code|otp|passcode|passphrase|passwd|password|pin|pw|pwd|secret|seed|token|totp)s?"
)
_OTPAUTH = re.compile(r"otpauth(-migration)?:", re.IGNORECASE)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_TOML_TWICE = re.compile("Cannot (overwrite a value|declare .* twice)")
_NO_QUOTES = re.compile(r"""=\s*(?!["'\[{+\d-]|true|false)\S""")  # curly ones, or none
_HEAD = 1000  # characters of a file that tell which program's it is
_TOML_PLACE = re.compile(r"\(at line (\d+), column \d+\)$")
_MAX_KEY_SHOWN = 40  # characters of an unknown key that an error quotes
_PROMPTS = ("sign_in", "prompts")


def read_connection_file(path: Path) -> Site:
    """Read the site of a connection file.

    Raises:
        ConnectionFileError: the file cannot be read, is too large, or is wrong.
    """
    source = path.name
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise ConnectionFileError(
            message("There is no file “{file}”.", file=str(path)),
            detail=reason(error),
        ) from None
    except OSError as error:
        raise ConnectionFileError(
            message("“{file}” cannot be read.", file=source), detail=reason(error)
        ) from None
    if len(content) > MAX_BYTES:
        raise ConnectionFileError(
            message("“{file}” is too large to be a connection file.", file=source)
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        _reject(source, line, message("this is not text in UTF-8."))
    return parse_connection_file(text, source)


def parse_connection_file(text: str, source: str) -> Site:
    """Parse the text of a connection file to a site.

    Args:
        text: TOML.
        source: the file's name, for the sentences of errors; empty where no person wrote a file.

    Raises:
        ConnectionFileError: names file, line and key; a value is never quoted.
    """
    return _Reader(text.replace("\r\n", "\n"), source).site()


def format_connection_file(site: Site) -> str:
    """Write the text that :func:`parse_connection_file` reads back; defaults are left out."""
    default = Site(name="", host="")
    top = {"format": FORMAT} | _changed(site, default, TOP)
    blocks = ["".join(_lines(top))]
    for section, checks in SECTIONS.items():
        changed = _changed(getattr(site, section), getattr(default, section), checks)
        if changed:
            blocks.append(f"[{section}]\n" + "".join(_lines(changed)))
    return "\n".join(blocks)


def _changed(value: msgspec.Struct, default: msgspec.Struct, keys: dict[str, Check]) -> Any:
    return {
        key: getattr(value, key) for key in keys if getattr(value, key) != getattr(default, key)
    }


def _lines(pairs: dict[str, Any]) -> Iterator[str]:
    return (f"{key} = {_toml(value)}\n" for key, value in pairs.items())


def _toml(value: Any) -> str:
    # JSON's texts, numbers, flags and lists are TOML's too; a site's texts hold no controls.
    if isinstance(value, tuple) and any(isinstance(item, tuple) for item in value):  # a table
        return "{ " + ", ".join(f"{_toml(key)} = {_toml(item)}" for key, item in value) + " }"
    return json.dumps(value, ensure_ascii=False)


def _reject(source: str, line: int, reason: Message, next_step: Message | None = None) -> NoReturn:
    if not source:
        raise ConnectionFileError(reason, next_step=next_step) from None
    raise ConnectionFileError(
        message("“{file}”, line {line}: {reason}", file=source, line=line, reason=reason),
        next_step=next_step or _new_file(),
    ) from None


def _new_file() -> Message:
    return message("Ask whoever sent it for a new one.")


class _Reader:
    """Reads one text; holds what the sentences of errors need."""

    def __init__(self, text: str, source: str) -> None:
        self._text = text
        self._source = source
        self._lines: dict[KeyPath, int] = {}

    def site(self) -> Site:
        document = self._document()
        for path, value in _walk(document, ()):
            if path[:-1] != _PROMPTS:  # its keys are a server's words, such as "Password:"
                self._check_no_secret(path, value)
        self._check_no_address()
        if "format" not in document:
            self._reject_key(
                ("format",), message("is missing; it has to be {number}", number=FORMAT)
            )
        if type(document["format"]) is not int or document.pop("format") != FORMAT:
            self._reject_key(
                ("format",),
                message("has to be {number}; a newer file needs a newer Ferrygate", number=FORMAT),
            )
        sections = {name: self._section(name, document.pop(name, {})) for name in SECTIONS}
        top = self._checked((), document, TOP)
        for key in ("name", "host"):
            if key not in top:
                self._reject_key((key,), message("is missing"))
        sign_in = SignInSettings(**sections["sign_in"])
        if sign_in.private_key and not sign_in.has_key_step:
            self._reject_key(("sign_in", "private_key"), message("needs the step publickey"))
        return Site(
            **top,
            sign_in=sign_in,
            policy=Policy(**sections["policy"]),
            support=Support(**sections["support"]),
        )

    def _document(self) -> dict[str, Any]:
        if self._text.lstrip().startswith("<"):
            raise ConnectionFileError(
                _foreign(self._text).filled(file=self._source), next_step=_new_file()
            )
        try:
            document = tomllib.loads(self._text)
            self._lines = key_lines(self._text)
        except tomllib.TOMLDecodeError as error:
            place = _TOML_PLACE.search(str(error))
            line = int(place.group(1)) if place else self._text.count("\n") + 1
            if _TOML_TWICE.match(str(error)):
                _reject(self._source, line, message("this key or section is there twice."))
            step = None
            if _NO_QUOTES.search(self._text.split("\n")[line - 1]):
                step = message("A text stands in straight quotes.")
            _reject(self._source, line, message("this line is not written as it has to be."), step)
        except RecursionError:
            _reject(self._source, 1, message("the lists in this file are nested too deeply."))
        return document

    def _check_no_secret(self, path: KeyPath, value: object) -> None:
        words = re.split(r"[^a-z]+", path[-1].lower())
        named = not _is_known(path) and any(map(_SECRET_WORD.fullmatch, words))
        held = isinstance(value, str) and (_OTPAUTH.search(value) or _PRIVATE_KEY.search(value))
        if held or (named and not isinstance(value, bool)):
            self._reject_key(
                path, message("holds a secret, which must not stand in a connection file")
            )

    def _check_no_address(self) -> None:
        """Reject secrets anywhere in the file, comments and keys included."""
        found = _OTPAUTH.search(self._text) or _PRIVATE_KEY.search(self._text)
        if found:
            line = self._text.count("\n", 0, found.start()) + 1
            _reject(self._source, line, message("a secret must not stand in a connection file."))

    def _section(self, name: str, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._reject_key((name,), message("has to be a section in square brackets"))
        return self._checked((name,), value, SECTIONS[name])

    def _checked(
        self, section: KeyPath, values: dict[str, object], checks: dict[str, Check]
    ) -> dict[str, Any]:
        checked = {}
        for key, value in values.items():
            path = (*section, key)
            if key not in checks:
                known = checks if section else {**checks, **SECTIONS}
                self._reject_key(path, message("is not a key Ferrygate knows"), _likely(key, known))
            try:
                checked[key] = checks[key](value)
            except InvalidValueError as invalid:
                self._reject_key(path, invalid.reason)
        return checked

    def _reject_key(
        self, path: KeyPath, reason: Message, next_step: Message | None = None
    ) -> NoReturn:
        line = self._lines.get(path) or self._lines.get(path[:-1]) or 1
        key = ".".join(path)
        if _OTPAUTH.search(key):
            key = "..."
        shown = key if len(key) <= _MAX_KEY_SHOWN else f"{key[:_MAX_KEY_SHOWN]}..."
        sentence = message("“{key}” {reason}.", key=shown, reason=reason)
        _reject(self._source, line, sentence, next_step)


def _foreign(text: str) -> Message:
    """Tell what a file is that begins as XML does."""
    head = text[:_HEAD].lower()
    if "<filezilla" in head:
        return message("“{file}” is a site of FileZilla, not a connection file.")
    if "<plist" in head:
        return message(
            "“{file}” is of another program, such as Cyberduck, and not a connection file."
        )
    return message("“{file}” is a web page, not a connection file.")


def _likely(key: str, known: Iterable[str]) -> Message | None:
    """Ask about the key that was meant, where one is much like it."""
    meant = get_close_matches(key, known, n=1)
    return message("Did you mean “{key}”?", key=meant[0]) if meant else None


def _is_known(path: KeyPath) -> bool:
    keys = SECTIONS.get(path[0], {}) if len(path) > 1 else TOP
    return path[-1] in keys


def _walk(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, object]]:
    """Yield every key with its value, those inside lists and sections included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key), inner
            yield from _walk(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield path, inner
            yield from _walk(inner, path)
