"""Writes the end of every text for support: versions, platform, and the last lines of the log."""

from __future__ import annotations


def context_text(program: tuple[str, ...], log: tuple[str, ...]) -> str:
    """Write versions and platform, and below them the last lines of the log."""
    return "\n\n".join("\n".join(lines) for lines in (program, log) if lines)
