"""Libraries loaded without what they would load and nobody here uses."""

from __future__ import annotations

import importlib
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
    """In the place of :mod:`importlib.metadata`, for a library that asks for its own version.

    The whole module loads a mail reader, an eighth of the time that paramiko takes, and this number
    is in a folder's name. Whoever wants more is given it by the whole module.
    """

    def __init__(self) -> None:
        super().__init__("importlib.metadata")

    def version(self, distribution: str) -> str:
        """The version of what is installed under this name, in lower case and with underscores."""
        for folder in map(Path, sys.path):
            for found in folder.glob(f"{distribution}-*{_SUFFIX}"):
                return found.name.removeprefix(f"{distribution}-").removesuffix(_SUFFIX)
        return str(self._whole().version(distribution))  # installed in another way

    def __getattr__(self, name: str) -> object:
        """Anything else."""
        return getattr(self._whole(), name)

    def _whole(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:  # no longer in its place
            del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)
