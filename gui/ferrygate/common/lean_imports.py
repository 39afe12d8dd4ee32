"""Libraries loaded without what they would load and nobody here uses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(module: str) -> Iterator[None]:
    """Meanwhile an import of ``module`` fails as if it were not installed.

    For libraries that do without it then. Where it is loaded already, nothing changes.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # how Python marks one that is not there
    try:
        yield
    finally:
        del sys.modules[module]
