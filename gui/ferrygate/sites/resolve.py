"""Finds the site that the argument SITE of the command line names."""

from __future__ import annotations

import os
from pathlib import Path

from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.sites.connection_file import SUFFIX, read_connection_file
from ferrygate.sites.server_address import is_address
from ferrygate.sites.site import Site
from ferrygate.sites.store import SiteStore

_SEPARATORS = ("/", os.sep)


def resolve_site(text: str, store: SiteStore) -> Site:
    """Read the connection file of a path, or the saved site of a name.

    Raises:
        ConnectionFileError: the file cannot be read, or is wrong.
        UsageError: no site of that name is saved, or the word is empty, or an address, which is not
            quoted: it may hold a password.
    """
    if not text:
        raise UsageError(
            message("The word for the site is empty."), next_step=message("Is a variable not set?")
        )
    if is_address(text):
        raise UsageError(
            message("This is the address of a server, and not a site."),
            next_step=message("Save it first: ferrygate sites add NAME --host ADDRESS"),
        )
    if is_path(text):
        return read_connection_file(Path(text))
    return store.load(text)


def is_path(text: str) -> bool:
    """Tell whether a word is a path: it has a separator or ends in ``.ferrygate``."""
    return text.endswith(SUFFIX) or any(separator in text for separator in _SEPARATORS)
