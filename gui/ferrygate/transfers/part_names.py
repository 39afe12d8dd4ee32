"""Names downloads that are not whole yet: hidden, beside their target."""

from __future__ import annotations

from collections.abc import Callable

_RANDOM_BYTES = 8  # of a name: two parts never have the same
_BEGINNING, _ENDING = ".ferrygate-", ".part"


def part_name(machine: str, random: str) -> str:
    """Return the name of a part.

    Args:
        machine: tells this computer apart, in hexadecimal digits.
        random: no other part has these hexadecimal digits.
    """
    return f"{_BEGINNING}{machine}-{random}{_ENDING}"


class PartNames:
    """Makes the names of new parts; any thread may use it."""

    def __init__(self, machine: str, random_hex: Callable[[int], str]) -> None:
        """Take what names are made of.

        Args:
            machine: tells this computer apart, in hexadecimal digits.
            random_hex: so many random bytes, in hexadecimal digits.
        """
        self._machine = machine
        self._random_hex = random_hex

    def new(self) -> str:
        """Return a name that no other part has."""
        return part_name(self._machine, self._random_hex(_RANDOM_BYTES))


def is_part_name(name: str | bytes) -> bool:
    """Tell whether a name is one that Ferrygate gives to parts, which no walk takes along."""
    if isinstance(name, bytes):
        return name.startswith(_BEGINNING.encode()) and name.endswith(_ENDING.encode())
    return name.startswith(_BEGINNING) and name.endswith(_ENDING)


def is_part_of(machine: str, name: str) -> bool:
    """Tell whether a name is that of a part which was made on the computer called ``machine``."""
    return is_part_name(name) and name.startswith(f"{_BEGINNING}{machine}-")
