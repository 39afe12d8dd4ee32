"""Checks the arguments of programs before anything is sent.

A wrong type is a ``TypeError`` that names the argument and both types, and never the value, which
may be a secret. A value of the right type that makes no sense is a ``UsageError``.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, TypeVar

from ferrygate.common import remote_path
from ferrygate.common.errors import UsageError
from ferrygate.common.local_disk import local_path
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.common.secret_text import given_key, given_secret
from ferrygate.sites.site import Policy, SignInSettings, Site, Support

C = TypeVar("C", bound=Enum)

LocalPath = str | bytes | os.PathLike[str] | os.PathLike[bytes]
"""A path on this computer."""

RemotePath = str | bytes | os.PathLike[str] | os.PathLike[bytes]
"""A path on the server; what is there is found as it is written, what is made new gets NFC."""

_PATH = (str, bytes, os.PathLike)
_SITE: dict[str, type] = {
    "name": str,
    "host": str,
    "port": int,
    "username": str,
    "host_key_fingerprints": tuple,
    "start_folder": str,
    "late_part_seconds": int,
    "sign_in": SignInSettings,
    "policy": Policy,
    "support": Support,
}


def demand(name: str, value: object, *types: type) -> None:
    """Check the type of an argument; a ``bool`` counts as a number nowhere.

    Raises:
        TypeError: it is none of these types.
    """
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        wanted = " or ".join("None" if cls is type(None) else cls.__name__ for cls in types)
        raise TypeError(f"{name} must be {wanted}, not {type(value).__name__}")


def demand_callable(name: str, value: object) -> None:
    """Check that an argument, where it is given, can be called.

    Raises:
        TypeError: it cannot.
    """
    if value is not None and not callable(value):
        raise TypeError(f"{name} must be callable, not {type(value).__name__}")


def demand_seconds(name: str, value: float) -> None:
    """Check that an argument is a number of seconds, from 0 on and with an end.

    Raises:
        TypeError: it is no number.
        UsageError: it is below 0, or without an end.
    """
    demand(name, value, int, float)
    if not 0 <= value < math.inf:
        raise UsageError(message("{name} must be a number of seconds from 0 on.", name=name))


def remote(name: str, path: RemotePath) -> bytes:
    """Return the absolute remote path for one argument.

    Raises:
        TypeError: it is no path.
        UsageError: it is empty, or holds what no path can; so is a ``Path("")``, which cannot be
            told from ``Path(".")`` and would be the root.
    """
    return remote_path.normalise(_written(name, path))


def existing(name: str, path: RemotePath) -> bytes:
    """Do as :func:`remote` for a file that exists; the engine looks for other spellings of it.

    Raises:
        TypeError: as for :func:`remote`.
        UsageError: as for :func:`remote`.
    """
    return remote_path.as_written(_written(name, path))


def _written(name: str, path: RemotePath) -> str | bytes:
    demand(name, path, *_PATH)
    written = os.fspath(path)
    if written in {".", b"."} and isinstance(path, os.PathLike):
        written = type(written)()
    return written


def local(name: str, path: LocalPath) -> str:
    """Return the local path for one argument.

    Raises:
        TypeError: it is no path.
        UsageError: it is empty, or holds what no path can.
    """
    demand(name, path, *_PATH)
    return local_path(os.fsdecode(path))


def several(name: str, paths: LocalPath | Iterable[LocalPath]) -> tuple[LocalPath, ...]:
    """Return the paths of an argument; a single text is one path, not a list of characters.

    Raises:
        TypeError: it is neither a path nor a list or the like; a mapping has other things in it
            than its keys, and an open file gives the lines in it.
    """
    if isinstance(paths, str | bytes | os.PathLike):
        return (paths,)
    if isinstance(paths, Mapping | io.IOBase | bytearray | memoryview) or not isinstance(
        paths, Iterable
    ):
        raise TypeError(f"{name} must be a path or a list of paths, not {type(paths).__name__}")
    return tuple(paths)


def choice(name: str, value: C | str, choices: type[C]) -> C:
    """Return the choice that an argument is, or that its text names.

    Raises:
        TypeError: it is neither a choice nor text.
        UsageError: it is no word for a choice.
    """
    demand(name, value, choices, str)
    try:
        return choices(value)
    except ValueError:
        words = ", ".join(str(one.value) for one in choices)
        raise UsageError(
            message("{name} is one of these: {words}.", name=name, words=words)
        ) from None


def secret(name: str, value: str | None) -> Secret | None:
    """Return a password or passphrase of a program, if given, without one line end at its end.

    Raises:
        TypeError: it is no text.
        UsageError: it is empty, has more than one line, or cannot be sent.
    """
    return _filled(name, value, given_secret)


def key(name: str, value: str | None) -> Secret | None:
    """Return a program's key or address for codes, if given; :mod:`codes` parses it later.

    Raises:
        TypeError: it is no text.
        UsageError: as for :func:`secret`.
    """
    return _filled(name, value, given_key)


def _filled(name: str, value: str | None, clean: Callable[[str, str], Secret]) -> Secret | None:
    demand(name, value, str, type(None))
    if value is None:
        return None
    found = clean(value, name)
    if not found:
        raise UsageError(message("{name} is empty.", name=name))
    return found


def demand_site(site: Site) -> None:
    """Check the types in a site that a program has made; a library would fail over them later.

    Raises:
        TypeError: a field holds another type than its own.
    """
    _demand_fields("site", site, _SITE)
    for fields in (site.sign_in, site.policy, site.support):
        defaults = {name: type(getattr(type(fields)(), name)) for name in fields.__struct_fields__}
        _demand_fields("site", fields, defaults)
    for fingerprint in site.host_key_fingerprints:
        demand("site.host_key_fingerprints", fingerprint, str)


def _demand_fields(name: str, struct: Any, types: Mapping[str, type]) -> None:
    for field, cls in types.items():
        demand(f"{name}.{field}", getattr(struct, field), cls)
