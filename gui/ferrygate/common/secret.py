"""Wraps texts that must not be printed or logged by accident."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn


class SecretKind(Enum):
    """Sorts secrets; each sort is kept under an entry and a choice of its own."""

    PASSWORD = "password"  # noqa: S105  the name of a kind
    CODE_SECRET = "code-secret"  # noqa: S105  the name of a kind
    PASSPHRASE = "passphrase"  # noqa: S105  the name of a kind; of the site's private key


def in_order(kinds: Iterable[SecretKind]) -> list[SecretKind]:
    """Return sorts of secrets in the order of their values, since a set has none."""
    return sorted(kinds, key=lambda kind: kind.value)


class Secret:
    """Holds a password or key; hides it from ``repr``, ``str``, format, pickle and logs.

    The only way to the text is :meth:`reveal`, so that a search for that word finds every place
    where a secret is used.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled")
