"""A sign-in's steps as lines for people, under names that a reader finds in logs and windows."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import msgspec

_MAX_LINE = 1000  # characters; a server chooses its banner and its prompts


class StepName(Enum):
    """Names the steps; a reader of logs and reports finds the same names in both."""

    SETTINGS = "settings"
    DNS = "dns"
    TCP = "tcp"
    FIRST_LINE = "first-line"
    ALGORITHMS = "algorithms"
    HOST_KEY = "host-key"
    METHODS = "methods"
    SENT = "sent"
    ANSWERED = "answered"
    CHANNEL = "channel"
    SFTP = "sftp"


class StepLine(msgspec.Struct, frozen=True):
    """Describes one step in words, without a secret.

    Attributes:
        name: of the step.
        found: by it; never translated.
        banner: words of the server to people that came with it, quoted, on one line.
    """

    name: StepName
    found: str
    banner: str = ""

    @property
    def text(self) -> str:
        """Return the line, which begins with the step's name."""
        banner = f"; banner {self.banner}" if self.banner else ""
        return f"{self.name.value}: {self.found}{banner}"


def lines_text(lines: Iterable[StepLine]) -> str:
    """Join steps for support, one a line; long lines are cut."""
    return "\n".join(line.text[:_MAX_LINE] for line in lines)
