"""Describes broken situations: how each is built, and what the access check says of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from ferrygate.access_check.stages import Cause, Party, Stage, StageOutcome
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret
from ferrygate.sites.site import SignInSettings, Site, Support
from support.fake_clock import WallClock

CONTACT = "help@example.org"
PASSWORD = Secret("correct horse battery")
CODE_SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"), period=5)
GIVEN = GivenSecrets(password=PASSWORD, totp_secret=CODE_SECRET.key)
EXAMPLE = {
    "host": "sftp.example.org",
    "port": "22",
    "file": "acme.ferrygate",
    "home": "~/.local/share/ferrygate",
    "probe": ".ferrygate-check-1a2b3c",
}
"""Stands in the guide where a run has its own host, port, files and folders."""


def nothing_sent() -> int:
    """Count the secrets that reach a place with no server."""
    return 0


def leave_home(_home: Home, _site: Site) -> None:
    """Leave the program's own folder as it is."""


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Holds a situation that is built: a server, or none, and what this computer knows of it.

    Attributes:
        site: goes into a connection file.
        text: of the connection file, where it is another than the site's.
        given: the secrets of the environment.
        clock: this computer's; its date stands still, so that no check waits for a code.
        prepare: changes the program's own folder before the check.
        secrets_sent: counts the passwords, codes and keys that the servers were sent so far.
    """

    site: Site
    text: str = ""
    given: GivenSecrets = GIVEN
    clock: Clock = field(default_factory=WallClock)
    prepare: Callable[[Home, Site], None] = leave_home
    secrets_sent: Callable[[], int] = nothing_sent


Build = Callable[[Path], AbstractContextManager[Setup]]
"""Builds a situation with an empty folder of its own."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Describes a broken situation.

    Attributes:
        name: of its test.
        caller: words of a caller on the phone.
        cause: the broken thing, for people on the phone.
        advice: the next thing to do.
        question: tells this cause from others that the check says the same of; empty where there
            are none.
        build: builds it.
        options: of the check, beside ``--json``.
        sends: a secret leaves, where the check comes to the sign-in.
        stage: the first one that fails, or one that warns where none does.
        outcome: of that stage.
        sentence: of that stage; names in braces stand for the run's (:data:`EXAMPLE`).
        truth: a cause that has to be among those that the check names.
        said: by the server; these words are told as its own.
        who: can mend it, as the check has it.
        then: can mend it where that is somebody else, which no check can know.
        status: the exit status.
        marks: names of pytest's marks.
    """

    name: str
    caller: str
    cause: str
    advice: str
    question: str = ""
    build: Build
    options: tuple[str, ...] = ()
    sends: bool = True
    stage: Stage
    outcome: StageOutcome = StageOutcome.FAILED
    sentence: str
    truth: Cause | None = None
    said: str = ""
    who: Party
    then: Party | None = None
    status: int
    marks: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return the sentence as it stands in the guide."""
        return self.sentence.format_map(EXAMPLE)

    @property
    def signs_in(self) -> bool:
        """Tell whether the check spends a code to find the cause."""
        return "--sign-in" in self.options


def a_site(host: str = "127.0.0.1", port: int = 22, **changes: object) -> Site:
    """Make a site with a contact, for an account with password and code."""
    values: dict[str, object] = {
        "name": "Acme exports",
        "host": host,
        "port": port,
        "username": "vendor7",
        "sign_in": SignInSettings(period=CODE_SECRET.period),
        "support": Support(contact=CONTACT),
    }
    return Site(**(values | changes))  # type: ignore[arg-type]  # those of the fields
