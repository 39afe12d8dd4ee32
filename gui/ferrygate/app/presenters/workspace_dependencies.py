"""Names what presenters need of the list, the disk and other programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from ferrygate.app.presenters.entry_sink import EntrySink
from ferrygate.app.presenters.fetched_files import FileOpener
from ferrygate.app.presenters.run_in_background import RunInBackground
from ferrygate.sites.store import SiteStore


class WorkspaceDependencies(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what presenters reach the list, the disk and other programs with.

    Attributes:
        sink: takes the entries of folders.
        saved: the person's saved sites.
        fingerprints: of the keys on record for a host and a port; called in the background.
        background: for what may wait.
        opener: opens and shows fetched files.
        arrived: finds connection files that a person may have been sent; called in the background.
    """

    sink: EntrySink
    saved: SiteStore
    fingerprints: Callable[[str, int], tuple[str, ...]]
    background: RunInBackground
    opener: FileOpener
    arrived: Callable[[], tuple[Path, ...]] = tuple
