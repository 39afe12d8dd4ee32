"""The folders that an account is in stay, however they are written."""

from __future__ import annotations

import pytest

from ferrygate.api.arguments import existing
from ferrygate.common.errors import UsageError
from ferrygate.engine.browsing.file_operations import check_keeps_account
from ferrygate.engine.messages.files import ListFolder, MakeFolder, RemovePath, RenamePath
from ferrygate.sites.site import Site

ROOT_BY_OTHER_NAMES = ["/", "//", ".", "./", "a/..", "/a/b/../..", "../..", "/..", b"/", "/./"]


def site(start_folder: str) -> Site:
    return Site(name="Acme", host="127.0.0.1", start_folder=start_folder)


@pytest.mark.parametrize("path", ROOT_BY_OTHER_NAMES, ids=repr)
def test_the_root_is_neither_removed_nor_renamed(path: str | bytes) -> None:
    root = existing("path", path)
    for command in (
        RemovePath(1, root, recursive=True),
        RemovePath(1, root),
        RenamePath(1, root, b"/b"),
        RenamePath(1, b"/a", root),
    ):
        with pytest.raises(UsageError, match="cannot be removed or renamed"):
            check_keeps_account(site("/inbox"), command)


@pytest.mark.parametrize("path", [b"/srv/..", b"/a/../srv", b"srv//vendor7/.", b"/srv/"])
def test_a_command_is_looked_at_as_the_server_would_read_it(path: bytes) -> None:
    with pytest.raises(UsageError):
        check_keeps_account(site("/srv/vendor7"), RemovePath(1, path, recursive=True))


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("/srv/vendor7", True),
        ("srv/vendor7/", True),
        ("/srv//vendor7/.", True),
        ("/srv/vendor7/a/..", True),
        ("/srv", True),
        ("/../srv", True),
        ("/srv/vendor77", False),
        ("/sr", False),
        ("/srv/vendor7/a", False),
        ("/srvs", False),
        ("vendor7", False),
    ],
)
def test_the_start_folder_and_those_above_stay(path: str, *, safe: bool) -> None:
    command = RemovePath(1, existing("path", path), recursive=True)
    if safe:
        with pytest.raises(UsageError):
            check_keeps_account(site("/srv/vendor7/"), command)
    else:
        check_keeps_account(site("/srv/vendor7/"), command)


@pytest.mark.parametrize("path", ["/Größe", "/Gro\u0308ße", "/Gr\u00f6ße".encode()], ids=repr)
def test_a_start_folder_stays_in_either_form_of_its_letters(path: str | bytes) -> None:
    command = RemovePath(1, existing("path", path), recursive=True)
    with pytest.raises(UsageError):
        check_keeps_account(site("/Gro\u0308ße"), command)


def test_what_changes_nothing_of_them_is_no_matter() -> None:
    check_keeps_account(site("/srv"), ListFolder(1, b"/"))
    check_keeps_account(site("/srv"), MakeFolder(1, b"/srv"))
