"""Imports libraries without those of their imports that Ferrygate does not use."""

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
    """Replace a module while libraries are imported; by ``None``, have its import fail.

    For libraries that can do without the module. If it is loaded already, nothing changes.
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
    """Stands in for :mod:`importlib.metadata`, for a library that asks for its own version.

    The real module imports a parser of mail, which takes an eighth of paramiko's loading time, and
    a version is in the name of a folder. All other attributes come from the real module.
    """

    def __init__(self) -> None:
        super().__init__("importlib.metadata")

    def version(self, distribution: str) -> str:
        """Return the version of a distribution, named in lower case with underscores."""
        for folder in map(Path, sys.path):
            for found in folder.glob(f"{distribution}-*{_SUFFIX}"):
                return found.name.removeprefix(f"{distribution}-").removesuffix(_SUFFIX)
        return str(self._whole().version(distribution))  # installed in another way

    def __getattr__(self, name: str) -> object:
        """Return any other attribute from the real module."""
        return getattr(self._whole(), name)

    def _whole(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:  # no longer in its place
            del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)
