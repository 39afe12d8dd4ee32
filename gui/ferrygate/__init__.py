"""Ferrygate: SFTP for servers that want a one-time code with the password.

The Python API is :func:`connect`, which gives a signed-in session::

    import ferrygate

    try:
        with ferrygate.connect("acme.ferrygate", password=..., totp_secret=...) as session:
            result = session.put(
                ["report.csv"], "/inbox", on_conflict=ferrygate.ConflictChoice.SKIP
            )
    except ferrygate.FerrygateError as error:
        print(error, error.problem.next_step or "")

It reads no password and no key from the environment. :class:`Session` says what a session can do,
and :class:`Result` how a transfer ended.
"""

from __future__ import annotations

# Nothing is loaded before a command has set what Ctrl+C does: typing takes 3 ms.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ferrygate.api.connecting import connect as connect
    from ferrygate.api.result import Result as Result
    from ferrygate.api.session import Session as Session
    from ferrygate.common.errors import FerrygateError as FerrygateError
    from ferrygate.common.errors import Kind as Kind
    from ferrygate.transfers.views import ConflictChoice as ConflictChoice
    from ferrygate.transfers.views import TransferState as TransferState

    __version__: str

__all__ = [
    "ConflictChoice",
    "FerrygateError",
    "Kind",
    "Result",
    "Session",
    "TransferState",
    "__version__",
    "connect",
]

_HOMES = {
    "ConflictChoice": "transfers.views",
    "FerrygateError": "common.errors",
    "Kind": "common.errors",
    "Result": "api.result",
    "Session": "api.session",
    "TransferState": "transfers.views",
    "connect": "api.connecting",
}


def __getattr__(name: str) -> Any:
    # Nothing is imported until it is used.
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415  as above

        return version(__name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415  as above

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
