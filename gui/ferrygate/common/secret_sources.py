"""Secrets from the environment, from files that it names, and from systemd's credentials."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from ferrygate.common.environment import (
    CREDENTIALS_VARIABLE,
    FILE_SUFFIX,
    PASSPHRASE_VARIABLE,
    PASSWORD_VARIABLE,
    TOTP_SECRET_VARIABLE,
    GivenSecrets,
    SecretSources,
)
from ferrygate.common.errors import LocalFileError, UsageError
from ferrygate.common.local_disk import open_regular_file, reading
from ferrygate.common.message import message
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.common.secret_text import given_key, given_secret

MAX_BYTES = 4096
"""Most bytes that a file of one secret may have."""

_CREDENTIALS = {
    PASSWORD_VARIABLE: "ferrygate.password",
    TOTP_SECRET_VARIABLE: "ferrygate.totp-secret",
    PASSPHRASE_VARIABLE: "ferrygate.passphrase",
}


def read_secrets(sources: SecretSources) -> GivenSecrets:
    """Read the secrets that were given from outside.

    Raises:
        UsageError: one comes from two places, its file cannot be used, or what it holds is no
            text, empty, or more than a line.
    """
    return GivenSecrets(
        password=_read(sources, PASSWORD_VARIABLE),
        totp_secret=_read(sources, TOTP_SECRET_VARIABLE),
        passphrase=_read(sources, PASSPHRASE_VARIABLE),
    )


def secret_places(sources: SecretSources) -> dict[SecretKind, str]:
    """Say where secrets are given from outside, by what people call the place; none is read."""
    variables = {
        SecretKind.PASSWORD: PASSWORD_VARIABLE,
        SecretKind.CODE_SECRET: TOTP_SECRET_VARIABLE,
        SecretKind.PASSPHRASE: PASSPHRASE_VARIABLE,
    }
    found = {
        kind: ", ".join(source for source, _place in _places(sources, variable))
        for kind, variable in variables.items()
    }
    return {kind: places for kind, places in found.items() if places}


def _read(sources: SecretSources, variable: str) -> Secret | None:
    given = dict(_places(sources, variable))
    if not given:
        return None
    if len(given) > 1:
        raise UsageError(
            message("{places} are given, and only one of them can be used.", places=tuple(given)),
            next_step=message("Leave out all but one."),
        )
    ((source, place),) = given.items()
    if isinstance(place, Secret):
        text = place.reveal()
    else:
        text = _content(place, source, sources.credentials)
    clean = given_key if variable == TOTP_SECRET_VARIABLE else given_secret
    secret = clean(text, source)
    if not secret:
        raise UsageError(message("{source} is empty.", source=source))
    return secret


def _places(sources: SecretSources, variable: str) -> Iterator[tuple[str, Secret | Path]]:
    """Find the places at which one secret is given, each by what people call it."""
    if variable in sources.values:
        yield variable, sources.values[variable]
    named = variable + FILE_SUFFIX
    if named in sources.files:
        yield named, Path(sources.files[named])
    if sources.credentials:
        path = Path(sources.credentials, _CREDENTIALS[variable])
        if os.path.lexists(path):
            yield f"{path.name} (${CREDENTIALS_VARIABLE})", path


def _content(path: Path, source: str, credentials: str) -> str:
    """Read a file of a secret; bytes that are no UTF-8 become what PEP 383 says.

    Raises:
        UsageError: it cannot be read, is none, is too large, or is there for others to read.
    """
    try:
        # Opened and checked by one descriptor: the path may become another file in between.
        with open_regular_file(path) as file, reading(path):
            if _is_for_others(os.fstat(file.fileno())) and not _lies_in(path, credentials):
                raise UsageError(
                    message(
                        "{source}: other users of this computer can read “{path}”.",
                        source=source,
                        path=str(path),
                    ),
                    next_step=message("Take that right away: chmod 600 {path}", path=str(path)),
                )
            content = file.read(MAX_BYTES + 1)
    except LocalFileError as error:
        raise UsageError(
            message("{source}: {sentence}", source=source, sentence=error.problem.sentence),
            next_step=message("Check the path, and whether you may read the file."),
            detail=error.problem.detail,
        ) from error
    if len(content) > MAX_BYTES:
        raise UsageError(
            message("{source}: a secret has at most {most} bytes.", source=source, most=MAX_BYTES)
        )
    return content.decode("utf-8", "surrogateescape")


def _is_for_others(status: os.stat_result) -> bool:
    """Tell whether group or others may read a file; Windows has no such bits."""
    return sys.platform != "win32" and bool(status.st_mode & (stat.S_IRGRP | stat.S_IROTH))


def _lies_in(path: Path, folder: str) -> bool:
    """Tell whether a file is systemd's, which shows the bits of its access list as a group's."""
    return bool(folder) and path.resolve().is_relative_to(Path(folder).resolve())
