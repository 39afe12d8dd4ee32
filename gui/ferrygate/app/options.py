"""Holds the options that the app is started with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from ferrygate.app.bridge.engine_bridge import EngineLike
from ferrygate.app.presenters.fetched_files import FileOpener
from ferrygate.common.clock import Clock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import Problem
from ferrygate.common.paths import Home
from ferrygate.engine.messages.event import Listener
from ferrygate.sites.site import Site


class AppOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the app takes from outside.

    Attributes:
        home: where Ferrygate keeps its files.
        opened: the site of a connection file the app was opened with, or what is wrong with it.
        came_from: the folder of that file.
        is_demo: the site is the sandbox's own: nobody has to agree to it, and it is not kept.
        arrivals: folders in which connection files arrive; those for downloads and on the desktop
            where none are named.
        given: secrets from the environment, or the demo's; for the site that the app begins with.
        make_engine: builds the engine for a listener; called once, on a thread of its own, after
            the first paint.
        clock: the time.
        opener: opens and shows fetched files; the desktop's way where none is named.
    """

    home: Home
    opened: Site | Problem | None = None
    came_from: Path | None = None
    is_demo: bool = False
    arrivals: tuple[Path, ...] = ()
    given: GivenSecrets = GivenSecrets()
    make_engine: Callable[[Listener], EngineLike]
    clock: Clock
    opener: FileOpener | None = None
