"""Protects the folders that must not be removed: root, start folder, those above."""

from __future__ import annotations

import unicodedata

from ferrygate.common import remote_path
from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.sites.site import Site


def check_may_be_removed(site: Site, path: bytes) -> None:
    """Check that a path to be removed or renamed does not hold the whole account.

    Paths are compared as text in NFC: some servers find one form by the other.

    Args:
        site: the account.
        path: absolute, without ``.`` and ``..`` (:func:`remote_path.normalise`).

    Raises:
        UsageError: it is the root, the start folder, or a folder above that.
    """
    start = _composed(remote_path.normalise(site.start_folder or "/"))
    asked = _composed(path)
    if asked == "/" or f"{start}/".startswith(f"{asked}/"):
        raise UsageError(
            message(
                "“{name}” is where this account's files are, and cannot be removed or renamed.",
                name=path,
            ),
            next_step=message("Name what is in it instead."),
        )


def _composed(path: bytes) -> str:
    return unicodedata.normalize("NFC", path.decode("utf-8", "surrogateescape"))
