"""Describes the jobs of clients: what is moved, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bench.rows import Direction


@dataclass(frozen=True, kw_only=True)
class Access:
    """Says where a client finds the server, and by which keys.

    Attributes:
        host: the server's address.
        port: its port, or that of what stands in front of it.
        username: the account.
        private_key: in OpenSSH's form.
        putty_key: the same in PuTTY's.
        known_hosts: the server's host keys under that address, in OpenSSH's form.
        fingerprints: of the host keys.
        connection_file: all of it in Ferrygate's form.
        home: an empty home for clients, so that nobody's own settings count.
    """

    host: str
    port: int
    username: str
    private_key: Path
    putty_key: Path
    known_hosts: Path
    fingerprints: tuple[str, ...]
    connection_file: Path
    home: Path


@dataclass(frozen=True, kw_only=True)
class Job:
    """One transfer or listing. Client and server share a disk, so paths mean the same to both.

    Attributes:
        direction: up and down, or only look.
        source: the file or folder.
        target: the folder that it comes to lie in.
        is_folder: what the source is.
        connections: how many may be opened.
    """

    direction: Direction
    source: Path
    target: Path
    is_folder: bool
    connections: int

    @property
    def copy(self) -> Path:
        """Where the source comes to lie."""
        return self.target / self.source.name


@dataclass(frozen=True, kw_only=True)
class Command:
    """A whole command.

    Attributes:
        arguments: the program first.
        environment: besides what every client gets.
        scripts: files to be written first.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    scripts: Mapping[Path, str] = field(default_factory=dict)


class Client(Protocol):
    """A program that can be measured."""

    @property
    def name(self) -> str:
        """Name the client as the table calls it."""
        ...

    @property
    def version_command(self) -> tuple[str, ...]:
        """Prints its version in the first line."""
        ...

    def command(self, access: Access, job: Job) -> Command:
        """Make the command that does the job from a cold start."""
        ...
