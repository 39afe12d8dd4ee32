from __future__ import annotations

from ferrygate.app.presenters.folder_view import Crumb, crumbs


def test_the_path_starts_at_home_or_at_the_root_outside_it() -> None:
    assert crumbs(b"/users/v7", b"/users/v7/exports/2026") == (
        Crumb("Home", b"/users/v7"),
        Crumb("exports", b"/users/v7/exports"),
        Crumb("2026", b"/users/v7/exports/2026"),
    )
    assert crumbs(b"/users/v7", b"/users/v70") == (
        Crumb("/", b"/"),
        Crumb("users", b"/users"),
        Crumb("v70", b"/users/v70"),
    )
    assert crumbs(b"/", b"/") == (Crumb("Home", b"/"),)
