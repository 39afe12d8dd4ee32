"""Checks to make reports of."""

from __future__ import annotations

from ferrygate.access_check.report import ReportSource
from ferrygate.access_check.stages import (
    Cause,
    CheckVerdict,
    Party,
    Stage,
    StageOutcome,
    StageResult,
)
from ferrygate.common.errors import Kind
from ferrygate.common.message import message
from ferrygate.sites.site import SignInSettings, Site, Support

SITE = Site(
    name="Acme <exports>",
    host="sftp.example.org",
    username="vendor7",
    sign_in=SignInSettings(okta_address="https://acme.okta.example"),
    support=Support(contact="help@example.org"),
)
MADE_AT = 1_795_435_200.0


def source(*, words: str = "", log: tuple[str, ...] = ()) -> ReportSource:
    """Describe a refused check, with these words wherever a server or a site can put some."""
    refused = StageResult(
        stage=Stage.SIGN_IN,
        outcome=StageOutcome.FAILED,
        sentence=message("The server refused “{user}”.", user=words or "vendor7"),
        milliseconds=1240,
        who=Party.CONTACT,
        next_step=message("Ask about “{words}”.", words=words),
        detail=f"answered: refused\n{words}",
        kind=Kind.SIGN_IN_REFUSED,
        causes=(Cause.PASSWORD_WRONG, Cause.ACCOUNT_LOCKED),
        server_said=f"No entry for you.\n{words}",
    )
    skipped = StageResult(
        stage=Stage.SFTP, outcome=StageOutcome.NOT_REACHED, sentence=message("Not reached.")
    )
    verdict = CheckVerdict(
        outcome=StageOutcome.FAILED,
        sentence=message("Refused: {words}", words=words),
        who=Party.CONTACT,
        next_step=message("Ask them."),
        first_failed=Stage.SIGN_IN,
        kind=Kind.SIGN_IN_REFUSED,
    )
    return ReportSource(
        made_at=MADE_AT,
        name=SITE.name,
        site=SITE,
        results=(refused, skipped),
        verdict=verdict,
        log=(*log, words),
    )
