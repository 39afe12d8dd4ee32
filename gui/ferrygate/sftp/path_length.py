"""Bounds how deep the folders of a server may go."""

from __future__ import annotations

from ferrygate.common import remote_path
from ferrygate.common.errors import RemoteFailureError
from ferrygate.common.message import message

_MAX_PATH_BYTES = 4096  # PATH_MAX of Linux, and no system that serves files has a longer one


def check_path_length(path: bytes, top: bytes) -> None:
    """Stop a walk below ``top`` whose path has become so long that no honest server has it.

    Folders that lead back into themselves are found by that, and not by their number of levels:
    a tree may be as deep as paths allow.

    Raises:
        RemoteFailureError: the path is too long.
    """
    if len(path) > _MAX_PATH_BYTES:
        raise RemoteFailureError(
            message(
                "The folders in “{name}” go down without an end.", name=remote_path.basename(top)
            ),
            detail=f"a path of more than {_MAX_PATH_BYTES} bytes",
        )
