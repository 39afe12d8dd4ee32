"""Holds all that commands are given; made by ``__main__``, or by a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec

from ferrygate.cli.aws_stack import ConnectToAws, connect_to_aws
from ferrygate.cli.exit_codes import Exit, exit_for
from ferrygate.cli.run_facts import RunFacts
from ferrygate.cli.terminal import Terminal
from ferrygate.common.clock import Clock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import Kind, Problem, problem_of
from ferrygate.common.i18n import _
from ferrygate.common.logs import FILE_NAME, LiveSecrets
from ferrygate.common.paths import Home
from ferrygate.common.secret import SecretKind
from ferrygate.sites.resolve import resolve_site
from ferrygate.sites.site import Site
from ferrygate.sites.store import SiteStore


class WindowRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for a window.

    Attributes:
        opened: the site of a connection file, or what is wrong with the file.
        came_from: the folder of that file.
        given: secrets at hand for the site that the window begins with, and for no other.
        is_demo: the site is the sandbox's own: it needs no consent and is not kept, and the
            person's keychain is left alone.
    """

    opened: Site | Problem | None = None
    came_from: Path | None = None
    given: GivenSecrets = GivenSecrets()
    is_demo: bool = False


class DesktopApp(msgspec.Struct, frozen=True, kw_only=True):
    """Starts the desktop app for the command line. Each callable returns an exit status.

    Attributes:
        run: show it until the person closes it.
        tour: drive it without a person: request, folder for pictures, the server's home folder.
        take_pictures: take the pictures for the README into a folder, those of all screens into
            another.
    """

    run: Callable[[WindowRequest], int]
    tour: Callable[[WindowRequest, Path, Path], int]
    take_pictures: Callable[[WindowRequest, Path, Path], int]


@dataclass(frozen=True, kw_only=True)
class CommandContext:
    """Holds what every command needs; click passes it on.

    Attributes:
        home: where Ferrygate keeps its files.
        clock: the time.
        read_secrets: reads those that the environment gives.
        live_secrets: those that the log's filter removes.
        window: the desktop app.
        terminal: what the command prints and asks.
        facts: what the log's first line says of the run.
        connect_to_aws: makes clients of AWS for a region.
        secret_places: says where the environment gives secrets, by their sort; reads none.
    """

    home: Home
    clock: Clock
    read_secrets: Callable[[], GivenSecrets]
    live_secrets: LiveSecrets
    window: DesktopApp
    terminal: Terminal
    facts: RunFacts = field(default_factory=RunFacts)
    connect_to_aws: ConnectToAws = connect_to_aws
    secret_places: Callable[[], Mapping[SecretKind, str]] = dict

    @cached_property
    def secrets(self) -> GivenSecrets:
        """Return the secrets that the environment gives; read when they are first asked for.

        Raises:
            UsageError: what it gives cannot be used.
        """
        return self.read_secrets()

    @property
    def store(self) -> SiteStore:
        """Return the saved sites."""
        return SiteStore(self.home.sites)

    def site(self, text: str) -> Site:
        """Return the site that the argument SITE names; errors from now on name its contact."""
        site = resolve_site(text, self.store)
        self.terminal.contact = site.support.contact
        self.facts.site = site.name
        return site

    def fail(self, error: Exception) -> Exit:
        """Say why a command failed, and for the unforeseen where its log is; the exit status."""
        problem = problem_of(error)
        self.terminal.fail(problem)
        if problem.kind is Kind.INTERNAL:
            self.terminal.say(_("The log is in {path}").format(path=self.home.logs / FILE_NAME))
        return exit_for(problem.kind)
