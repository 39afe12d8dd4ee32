"""Listings that follow a script."""

from __future__ import annotations

from collections.abc import Iterable

from support.scripted_sftp import FILE, Request, names, status


class Listing:
    """Answers READDIRs from a script, and the last line of it again and again."""

    def __init__(self, *script: list[tuple[bytes, int]] | int) -> None:
        self.script = list(script)

    def __call__(self, request: Request) -> Iterable[bytes]:
        line = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(line, int):
            return [status(request.number, line)]
        return [names(request.number, line)]


def some(*numbers: int) -> list[tuple[bytes, int]]:
    return [(b"%d" % number, FILE) for number in numbers]
