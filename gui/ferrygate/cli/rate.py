"""Reads a rate from a command line."""

from __future__ import annotations

import re

import click

_UNITS = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3}
_RATE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)([KMG]?)", re.ASCII | re.IGNORECASE)


class Rate(click.ParamType[int]):
    """Bytes a second, as a number with or without K, M or G (thousands, millions, ...)."""

    name = "rate"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Return the bytes a second, 1000 or more: a lower rate would never come to an end."""
        if isinstance(value, int):
            return value
        found = _RATE.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is no rate: say a number, or one with K, M or G.", param, ctx)
        rate = int(float(found[1]) * _UNITS[found[2].upper()])
        if rate < _UNITS["K"]:
            self.fail("A rate is at least 1K.", param, ctx)
        return rate
