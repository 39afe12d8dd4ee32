"""Finds the system's keychain by the ``keyring`` library; passes over back ends that are none."""

from __future__ import annotations

from contextlib import closing
from typing import Any, Protocol, cast

from ferrygate.common.errors import KeychainError
from ferrygate.common.message import message

_NO_KEYCHAIN = ("keyring.backends.fail", "keyring.backends.null")
_NOT_SAFE = "keyrings.alt"  # plain text, or a key that is asked for on the terminal
_CHAIN = "keyring.backends.chainer"
_SEARCHABLE = "keyring.backends.SecretService"


class Backend(Protocol):
    """Describes the part of a ``keyring`` back end that is used."""

    def get_password(self, service: str, username: str, /) -> str | None:
        """Return the text of an entry, or ``None``."""
        ...

    def set_password(self, service: str, username: str, password: str, /) -> None:
        """Write an entry."""
        ...

    def delete_password(self, service: str, username: str, /) -> None:
        """Remove an entry that is there."""
        ...


class SearchableBackend(Backend, Protocol):
    """Describes the back end of the Secret Service, which finds entries by their attributes."""

    def get_preferred_collection(self) -> Any:
        """Return the collection of entries, unlocked; it has a D-Bus connection of its own."""
        ...


def system_backend() -> Backend:
    """Find the back end that ``keyring`` prefers; slow, and may hang."""
    import keyring  # noqa: PLC0415  takes 90 ms, so it waits until the first paint is over

    return keyring.get_keyring()


def usable(backend: Backend) -> Backend:
    """Return the back end, or the first usable one of a chain.

    Raises:
        KeychainError: it keeps nothing, or other users could read what it keeps.
    """
    chained: list[Backend] = getattr(backend, "backends", []) if _is_from(backend, _CHAIN) else []
    candidates = chained or [backend]
    for candidate in candidates:
        if not _is_from(candidate, _NOT_SAFE, _CHAIN, *_NO_KEYCHAIN):
            return candidate
    if any(_is_from(candidate, _NOT_SAFE) for candidate in candidates):
        raise KeychainError(
            message(
                "The keychain set up here keeps secrets unprotected, so Ferrygate does not use it."
            ),
            detail=type(backend).__module__,
        )
    raise KeychainError(
        message("There is no keychain on this computer."), detail=type(backend).__module__
    )


def has_entry(backend: Backend, service: str, username: str) -> bool | None:
    """Tell whether an entry is there without reading it; ``None`` where that cannot be told.

    Only the Secret Service tells: the others have nothing but calls that give the secret out.
    """
    if not _is_from(backend, _SEARCHABLE):
        return None
    searchable = cast("SearchableBackend", backend)
    collection = searchable.get_preferred_collection()
    with closing(collection.connection):
        found = collection.search_items({"service": service, "username": username})
        return next(iter(found), None) is not None


def translated(error: Exception) -> KeychainError:
    """Translate a back end's error; its text is left out, as it may quote secrets."""
    from keyring import errors  # noqa: PLC0415  as above

    detail = type(error).__qualname__
    match error:
        case KeychainError():
            return error
        case errors.NoKeyringError():
            return KeychainError(message("There is no keychain on this computer."), detail=detail)
        case errors.KeyringLocked():
            return KeychainError(
                message("The keychain is locked."),
                next_step=message("Unlock it and try again."),
                detail=detail,
            )
        case errors.PasswordDeleteError():
            return KeychainError(message("The keychain did not remove the entry."), detail=detail)
        case _:
            return KeychainError(message("The keychain could not be used."), detail=detail)


def _is_from(backend: Backend, *packages: str) -> bool:
    """Tell whether a back end's class, or one it is built on, comes from one of these packages."""
    modules = [cls.__module__ for cls in type(backend).__mro__]
    return any(
        module == package or module.startswith(f"{package}.")
        for module in modules
        for package in packages
    )
