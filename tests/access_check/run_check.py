"""Runs ``ferrygate check`` on a situation, in this process, and reads what it prints."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from access_check.situation import Setup
from ferrygate.access_check.stages import Stage
from ferrygate.cli.command_context import CommandContext, DesktopApp
from ferrygate.cli.main import run
from ferrygate.cli.terminal import Terminal
from ferrygate.common.environment import (
    PASSWORD_VARIABLE,
    TOTP_SECRET_VARIABLE,
    GivenSecrets,
)
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.paths import Home
from ferrygate.common.secret import SecretKind
from ferrygate.sites.connection_file import format_connection_file


@dataclass(frozen=True, kw_only=True)
class CheckRun:
    """Holds what a check has printed and done.

    Attributes:
        stages: one record for each.
        summary: the last record.
        status: the exit status.
        seconds: by the clock of the situation.
        printed: on standard output.
        said: on standard error.
        secrets_were_read: those of the environment.
        secrets_sent: counted by the servers during this check.
        codes_claimed: in the ledger during this check.
        refusals_counted: likewise, for all accounts.
    """

    stages: dict[Stage, dict[str, Any]]
    summary: dict[str, Any]
    status: int
    seconds: float
    printed: str
    said: str
    secrets_were_read: bool
    secrets_sent: int
    codes_claimed: int
    refusals_counted: int

    def reached(self, stage: Stage) -> bool:
        """Tell whether the check came so far."""
        return bool(self.stages[stage]["result"] != "not-reached")


class Checker:
    """Runs checks on a situation, with one folder for the program's own files."""

    def __init__(self, setup: Setup, folder: Path) -> None:
        self._setup = setup
        self._home = Home(folder / "home")
        self._file = folder / "acme.ferrygate"
        self._file.write_text(setup.text or format_connection_file(setup.site), encoding="utf-8")
        setup.prepare(self._home, setup.site)

    def check(self, *options: str) -> CheckRun:
        """Run a check to its end."""
        setup, reads = self._setup, list[bool]()

        def read_secrets() -> GivenSecrets:
            reads.append(True)
            return setup.given

        context = CommandContext(
            home=self._home,
            clock=setup.clock,
            read_secrets=read_secrets,
            live_secrets=LiveSecrets(),
            window=DesktopApp(run=unused, tour=unused, take_pictures=unused),
            terminal=Terminal(setup.clock),
            secret_places=lambda: _places(setup.given),
        )
        printed, said = io.StringIO(), io.StringIO()
        sent, (claimed, refused) = setup.secrets_sent(), _ledger_counts(self._home)
        began = setup.clock.monotonic()
        with redirect_stdout(printed), redirect_stderr(said):
            status = run(["check", str(self._file), "--json", *options], context)
        took = setup.clock.monotonic() - began
        claimed_now, refused_now = _ledger_counts(self._home)
        records = [json.loads(line) for line in printed.getvalue().splitlines()]
        stages = [record for record in records if record["event"] == "stage"]
        return CheckRun(
            stages={Stage(record["stage"]): record for record in stages},
            summary=records[-1],
            status=status,
            seconds=took,
            printed=printed.getvalue(),
            said=said.getvalue(),
            secrets_were_read=bool(reads),
            secrets_sent=setup.secrets_sent() - sent,
            codes_claimed=claimed_now - claimed,
            refusals_counted=refused_now - refused,
        )


def _places(given: GivenSecrets) -> dict[SecretKind, str]:
    """Say where the secrets of the environment are, without reading one."""
    places = {
        SecretKind.PASSWORD: (given.password, PASSWORD_VARIABLE),
        SecretKind.CODE_SECRET: (given.totp_secret, TOTP_SECRET_VARIABLE),
    }
    return {kind: place for kind, (secret, place) in places.items() if secret is not None}


def unused(*_given: object) -> int:
    """Stand in for a window, which no check opens."""
    raise AssertionError


def _ledger_counts(home: Home) -> tuple[int, int]:
    """Count the codes that the ledger holds as claimed, and the refusals of all accounts."""
    if not home.ledger.is_file():
        return 0, 0
    with closing(sqlite3.connect(f"{home.ledger.as_uri()}?mode=ro", uri=True)) as ledger:
        (claims,) = ledger.execute("SELECT count(*) FROM claims").fetchone()
        (refusals,) = ledger.execute("SELECT total(refusals) FROM accounts").fetchone()
    return int(claims), int(refusals)
