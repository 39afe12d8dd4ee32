"""What the app is started with."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.app.bridge.engine_bridge import EngineLike
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Problem
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret
from ferrygate.engine.messages import Listener
from ferrygate.sites.site import Site


class AppOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the app takes from outside.

    Attributes:
        home: where Ferrygate keeps its files.
        opened: the site of a connection file the app was opened with, or what is wrong with it.
        is_demo: the site is the sandbox's own: nobody has to agree to it, and it is not kept.
        password: from the environment.
        code_secret: from the environment.
        make_engine: builds the engine for a listener; called once, on a thread of its own, after
            the first paint.
        clock: the time.
    """

    home: Home
    opened: Site | Problem | None = None
    is_demo: bool = False
    password: Secret | None = None
    code_secret: CodeSecret | None = None
    make_engine: Callable[[Listener], EngineLike]
    clock: Clock
