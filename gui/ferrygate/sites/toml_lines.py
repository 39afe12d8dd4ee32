"""Finds the line of each key in a TOML text, which the standard library's parser does not tell."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

KeyPath = tuple[str, ...]

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
_STRING = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*\'''', re.DOTALL
)
_SCALAR = re.compile(r"[^,\]}#\n]+")


def key_lines(text: str) -> dict[KeyPath, int]:
    """Find the line, from 1, on which each key or section first appears.

    Args:
        text: TOML that ``tomllib`` has accepted, with lines that end in a line feed.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


class _Scanner:
    """Walks over valid TOML and notes the keys; values are only skipped."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._text = text
        self._at = 0
        self._breaks = [found.start() for found in re.finditer("\n", text)]

    def document(self) -> None:
        section: KeyPath = ()
        while self._next() != "":
            if self._next() == "[":
                section = self._section()
            else:
                self._pair(section)

    def _section(self) -> KeyPath:
        self._skip("[")
        self._skip("[")  # an array of tables
        section = self._key(())
        self._skip("]")
        self._skip("]")
        return section

    def _pair(self, section: KeyPath) -> None:
        path = self._key(section)
        self._skip("=")
        self._value(path)

    def _key(self, section: KeyPath) -> KeyPath:
        """Read a bare, quoted or dotted key."""
        path = section
        while True:
            self._next()
            line = bisect_right(self._breaks, self._at) + 1
            path = (*path, _plain(self._take(_KEY)))
            self.lines.setdefault(path, line)
            if not self._skip("."):
                return path

    def _value(self, path: KeyPath) -> None:
        if self._skip("{"):
            while not self._skip("}"):
                self._pair(path)
                self._skip(",")
        elif self._skip("["):
            while not self._skip("]"):
                self._value(path)
                self._skip(",")
        else:
            self._take(_STRING if self._next() in {'"', "'"} else _SCALAR)

    def _next(self) -> str:
        """Return the next character that is neither blank nor comment; empty at the end."""
        self._take(_BLANK)
        return self._text[self._at : self._at + 1]

    def _skip(self, character: str) -> bool:
        if self._next() != character:
            return False
        self._at += 1
        return True

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ValueError(f"not TOML at character {self._at}")
        self._at = found.end()
        return found.group()


def _plain(key: str) -> str:
    return next(iter(tomllib.loads(f"{key} = 0")))
