"""Names of downloads that are not whole yet: hidden, beside their target."""

from __future__ import annotations

_BEGINNING, _ENDING = ".ferrygate-", ".part"


def part_name(machine: str, random: str) -> str:
    """The name of a part.

    Args:
        machine: tells this computer apart, in hexadecimal digits.
        random: no other part has these hexadecimal digits.
    """
    return f"{_BEGINNING}{machine}-{random}{_ENDING}"


def is_part_name(name: str | bytes) -> bool:
    """Tell whether a name is one that Ferrygate gives to parts, which no walk takes along."""
    if isinstance(name, bytes):
        return name.startswith(_BEGINNING.encode()) and name.endswith(_ENDING.encode())
    return name.startswith(_BEGINNING) and name.endswith(_ENDING)


def is_part_of(machine: str, name: str) -> bool:
    """Tell whether a name is that of a part which was made on the computer called ``machine``."""
    return is_part_name(name) and name.startswith(f"{_BEGINNING}{machine}-")
