"""Ferrygate: SFTP for servers that want a one-time code with the password.

The Python API is :func:`connect`, which gives a signed-in session::

    import ferrygate

    try:
        with ferrygate.connect("acme.ferrygate", password=..., totp_secret=...) as session:
            result = session.put(
                ["report.csv"], "/inbox", on_conflict=ferrygate.ConflictChoice.SKIP
            )
    except ferrygate.FerrygateError as error:
        print(error, error.problem.next_step)

It reads no password and no key from the environment. :mod:`ferrygate.api` says what a session can
do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ferrygate.api import connect as connect
    from ferrygate.common.errors import FerrygateError as FerrygateError
    from ferrygate.engine.messages import ConflictChoice as ConflictChoice

__all__ = ["ConflictChoice", "FerrygateError", "connect"]


def __getattr__(name: str) -> Any:
    # Nothing is imported until it is used.
    match name:
        case "ConflictChoice":
            from ferrygate.engine.messages import ConflictChoice  # noqa: PLC0415

            return ConflictChoice
        case "FerrygateError":
            from ferrygate.common.errors import FerrygateError  # noqa: PLC0415

            return FerrygateError
        case "connect":
            from ferrygate.api import connect  # noqa: PLC0415

            return connect
        case _:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
