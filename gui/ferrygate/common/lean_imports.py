"""Libraries loaded without what they would load and nobody here uses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

_SUFFIX = ".dist-info"


@contextmanager
def replaced(module: str, by: ModuleType | None) -> Iterator[None]:
    """Meanwhile an import of ``module`` gives something else; nothing, as if it were not there.

    For libraries that do with that. Where the module is loaded already, nothing changes.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = by  # type: ignore[assignment]  # Python marks with None what is missing
    try:
        yield
    finally:
        if module in sys.modules and sys.modules[module] is by:
            del sys.modules[module]


class Versions(ModuleType):
    """As much of :mod:`importlib.metadata` as a library needs that asks for its own version.

    The whole of it loads a mail reader, 10 ms, to read one number that is in a folder's name.
    """

    def __init__(self) -> None:
        super().__init__("importlib.metadata")

    def version(self, distribution: str) -> str:
        """The version of what is installed under this name, in lower case and with underscores."""
        for folder in map(Path, sys.path):
            for found in folder.glob(f"{distribution}-*{_SUFFIX}"):
                return found.name.removeprefix(f"{distribution}-").removesuffix(_SUFFIX)
        if sys.modules.get(self.__name__) is self:  # no longer in its place
            del sys.modules[self.__name__]
        from importlib import metadata  # noqa: PLC0415  for what is installed in another way

        return metadata.version(distribution)
