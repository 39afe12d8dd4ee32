"""Holds the figures of a run of the bench, as they are written to JSON."""

from __future__ import annotations

import msgspec


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One command of one client.

    Attributes:
        seconds: from its start to its end.
        user_seconds: processor time of the command and all it started, without the server.
        system_seconds: the same in the kernel.
        peak_rss_bytes: of its largest process.
        stopped: it was ended, because it took too long.
        problem: why it does not count; empty when all bytes arrived.
    """

    seconds: float
    user_seconds: float
    system_seconds: float
    peak_rss_bytes: int
    stopped: bool = False
    problem: str = ""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """All runs of one client in one row.

    Attributes:
        command: the arguments, the program first.
        scripts: what the command reads its orders from, if it does.
        runs: in the order they were made.
    """

    command: tuple[str, ...]
    scripts: tuple[str, ...]
    runs: tuple[Run, ...]


class RowReport(msgspec.Struct, frozen=True, kw_only=True):
    """One row on one link.

    Attributes:
        name: of the row.
        title: of the row.
        link: its name.
        most: the floor, where there is one: our time divided by the best peer's.
        aim: what is hoped for.
        clients: by name, ours first.
    """

    name: str
    title: str
    link: str
    most: float | None
    aim: float | None
    clients: dict[str, Measured]


class LinkReport(msgspec.Struct, frozen=True, kw_only=True):
    """Describes a link that was measured on.

    Attributes:
        name: as rows call it.
        kind: what it was made of, in words.
        settings: by name.
    """

    name: str
    kind: str
    settings: dict[str, str]


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where it was measured."""

    cores: int
    memory_bytes: int
    processor: str
    kernel: str
    python: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run.

    Attributes:
        date: of its start, UTC, ISO 8601.
        commit: of the program that was measured, as ``git describe`` says it.
        against: the same of the other checkout, where two are compared; else empty.
        rounds: how often each client was to be run.
        machine: where.
        versions: of clients and server, by name.
        missing: peers that were not there.
        links: those that were used.
        rows: in the order of the table.
    """

    date: str
    commit: str
    against: str = ""
    rounds: int
    machine: Machine
    versions: dict[str, str]
    missing: tuple[str, ...]
    links: tuple[LinkReport, ...]
    rows: tuple[RowReport, ...]
