"""Ferrygate: SFTP for servers that want a one-time code with the password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ferrygate.api import connect as connect

__all__ = ["connect"]


def __getattr__(name: str) -> Any:
    if name == "connect":
        from ferrygate.api import connect  # noqa: PLC0415  nothing is imported until it is used

        return connect
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
