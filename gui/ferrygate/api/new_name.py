"""Decides the name of a file that is sent under another one than its own."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from ferrygate.common.display import is_unsafe
from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.common.names import remote_name

_SEPARATORS = ("/", os.sep)


def new_name(sources: Sequence[str], name: str | bytes) -> bytes:
    """Return the bytes under which the one file of ``sources`` goes to the server.

    Args:
        sources: local paths.
        name: text becomes NFC and UTF-8; bytes stay what they are.

    Raises:
        UsageError: it is no name, there are several sources, or the one is a folder.
    """
    if len(sources) != 1 or Path(sources[0]).is_dir():
        raise UsageError(
            message("Another name can be given to one file only."),
            next_step=message("Send that file by itself."),
        )
    text = os.fsdecode(name)
    if any(map(is_unsafe, text)) and isinstance(name, str):
        raise UsageError(message("The name “{name}” holds an invisible character.", name=text))
    sent = remote_name(text)
    return name if isinstance(name, bytes) else sent


def demand_folder(sources: Sequence[str], folder: str) -> None:
    """Reject a remote folder that was most likely meant for a file.

    A folder with a slash behind it is never rejected. One that is the path of a file on this
    computer was meant as a source, and the folder was forgotten; one that ends as the one file
    does, in upper or lower case, was meant as that file's name.

    Raises:
        UsageError: it is such a folder; the next step names the ways on.
    """
    if folder.endswith("/"):
        return
    if Path(folder).is_file():
        raise _forgotten_folder(folder)
    if len(sources) == 1 and not Path(sources[0]).is_dir() and _ends_alike(sources[0], folder):
        raise _name_for_folder(folder)


def _ends_alike(source: str, folder: str) -> bool:
    ending = Path(source).suffix.casefold()
    return bool(ending) and PurePosixPath(folder).suffix.casefold() == ending


def _forgotten_folder(file: str) -> UsageError:
    return UsageError(
        message(
            "“{file}” is a file on this computer; the folder on the server comes last.", file=file
        ),
        next_step=message(
            "Name that folder too; for one of that name say {folder}",
            folder=shlex.quote(f"{file}/"),
        ),
    )


def _name_for_folder(folder: str) -> UsageError:
    path = PurePosixPath(folder)
    above = path.parent.as_posix()
    words = f"--as {shlex.quote(path.name)} {shlex.quote('/' if above == '.' else above)}"
    return UsageError(
        message(
            "“{folder}” looks like the name of a file, where a folder is meant.", folder=folder
        ),
        next_step=message(
            "For a file of that name say {words}; for a folder, {folder}",
            words=words,
            folder=shlex.quote(f"{folder}/"),
        ),
    )


def demand_local_folder(sources: Sequence[bytes], folder: str) -> None:
    """Reject a missing local folder that was most likely meant for the name of a fetched file.

    It ends as one of the files does, in upper or lower case, and has no slash behind it: a second
    path on the server, or another name for the file.

    Raises:
        UsageError: it is such a folder.
    """
    ending = Path(folder).suffix.casefold()
    endings = {PurePosixPath(os.fsdecode(source)).suffix.casefold() for source in sources}
    if not ending or ending not in endings or folder.endswith(_SEPARATORS) or Path(folder).is_dir():
        return
    raise UsageError(
        message(
            "“{folder}” looks like the name of a file, where a folder here is meant.", folder=folder
        ),
        next_step=message(
            "Name the folder on this computer last; for one of that name say {folder}",
            folder=shlex.quote(f"{folder}/"),
        ),
    )
