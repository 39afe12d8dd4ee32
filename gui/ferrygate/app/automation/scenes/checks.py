"""Play the screens of the access check: under way, well, refused, and its question."""

from __future__ import annotations

from collections.abc import Iterable

from ferrygate.access_check.stages import (
    Cause,
    CheckVerdict,
    Party,
    Stage,
    StageOutcome,
    StageResult,
)
from ferrygate.access_check.words import STAGE_TITLES
from ferrygate.app.automation.scene_window import SITE, STEPS, SceneWindow
from ferrygate.app.automation.scenes.scene import Scene
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _, render
from ferrygate.common.message import message
from ferrygate.engine.messages.session import SessionState

_PASSED = (
    (Stage.SETTINGS, message("The settings of “{site}” are complete.", site=SITE.name), 1, ""),
    (Stage.HOME, message("Ferrygate's files can be written, and the keychain is open."), 14, ""),
    (
        Stage.SECRETS,
        message("Password and code are at hand."),
        3,
        "password: keychain\ncode: 6 / 30 s",
    ),
    (
        Stage.BREAKER,
        message("No sign-in from this computer has been refused since the last good one."),
        1,
        "",
    ),
    (Stage.DNS, message("{host} has an address.", host=SITE.host), 12, STEPS[0].found),
    (Stage.TCP, message("The server answers."), 31, STEPS[1].found),
    (Stage.FIRST_LINE, message("An SSH server answers."), 44, STEPS[2].found),
    (Stage.ALGORITHMS, message("Both sides have safe encryption in common."), 61, STEPS[3].found),
    (Stage.HOST_KEY, message("The server is the one that this computer knows."), 2, STEPS[4].found),
    (Stage.METHODS, message("The server takes a password, as the site says."), 38, STEPS[5].found),
    (Stage.OKTA, message("Okta can be reached."), 87, "HTTP 200"),
)
_UNTRIED = message("Only a check with a sign-in gets there.")
_PAID = (Stage.SIGN_IN, Stage.SFTP, Stage.HOME_FOLDER, Stage.WRITE_PROBE, Stage.SPEED)


def _passed() -> Iterable[StageResult]:
    return (
        StageResult(
            stage=stage,
            outcome=StageOutcome.PASSED,
            sentence=sentence,
            milliseconds=milliseconds,
            detail=detail,
        )
        for stage, sentence, milliseconds, detail in _PASSED
    )


def _not_reached(*stages: Stage) -> Iterable[StageResult]:
    return (
        StageResult(stage=stage, outcome=StageOutcome.NOT_REACHED, sentence=_UNTRIED)
        for stage in stages
    )


def _clock(outcome: StageOutcome) -> StageResult:
    is_right = outcome is StageOutcome.PASSED
    return StageResult(
        stage=Stage.CLOCK,
        outcome=outcome,
        sentence=message("This computer's clock is right.")
        if is_right
        else message("This computer's clock is 45 s behind, so its codes may be refused."),
        milliseconds=1,
        who=None if is_right else Party.YOU,
        next_step=None if is_right else message("Have this computer set its clock by itself."),
        detail="Okta: Mon, 30 Nov 2026 12:00:45 GMT",
    )


def _refused_sign_in() -> StageResult:
    return StageResult(
        stage=Stage.SIGN_IN,
        outcome=StageOutcome.FAILED,
        sentence=message("The server refused the sign-in, and does not say why."),
        milliseconds=1240,
        who=Party.CONTACT,
        next_step=message("Ask whether your account is locked; send them this report."),
        detail="answered: refused (method password)",
        kind=Kind.SIGN_IN_REFUSED,
        causes=(Cause.PASSWORD_WRONG, Cause.ACCOUNT_LOCKED, Cause.CODE_USED_ELSEWHERE),
        server_said="For partners of Acme only. Use is recorded.",
    )


def _well() -> CheckVerdict:
    return CheckVerdict(
        outcome=StageOutcome.PASSED,
        sentence=message("Nothing stands in the way of a sign-in."),
    )


def _running(window: SceneWindow) -> str:
    """Show a check under way, of which some stages have ended."""
    window.give_code()
    window.check(list(_passed())[:5])
    return _("Stop")


def _ended(window: SceneWindow) -> str:
    """Show a check that found the clock wrong, and nothing else."""
    window.give_code()
    results = (*_passed(), _clock(StageOutcome.WARNED), *_not_reached(*_PAID))
    verdict = CheckVerdict(
        outcome=StageOutcome.WARNED,
        sentence=message("Nothing stands in the way of a sign-in, but one thing is worth a look."),
        who=Party.YOU,
        next_step=message("Have this computer set its clock by itself."),
    )
    window.check(results, verdict)
    return _("Check again")


def _refused(window: SceneWindow) -> str:
    """Show a check whose sign-in was refused, asked for after a refusal on the card."""
    window.fail(
        Kind.SIGN_IN_REFUSED,
        message("The server refused the sign-in."),
        message("Check your password."),
    )
    results = (
        _refused_sign_in(),
        _clock(StageOutcome.PASSED),
        *_not_reached(*_PAID[1:]),
    )
    verdict = CheckVerdict(
        outcome=StageOutcome.FAILED,
        sentence=message("The way to the server is clear, and it refused the sign-in."),
        who=Party.CONTACT,
        next_step=message("Ask whether your account is locked; send them this report."),
        first_failed=Stage.SIGN_IN,
        kind=Kind.SIGN_IN_REFUSED,
    )
    window.check((*list(_passed())[:4], *results), verdict)
    fold = _("{words}: {stage}").format(
        words=_("Details"), stage=render(STAGE_TITLES[Stage.SIGN_IN])
    )
    window.driver.click(fold)
    return _("Hide details")


def _unreached(window: SceneWindow) -> str:
    """Show a check of a server that cannot be reached, asked for offline."""
    window.sign_in()
    problem = Problem(
        kind=Kind.CANNOT_REACH,
        sentence=message("{host} does not answer.", host=SITE.host),
        next_step=message("Check your internet connection; a firewall may be in the way."),
    )
    window.state(SessionState.OFFLINE, problem)
    failed = StageResult(
        stage=Stage.TCP,
        outcome=StageOutcome.FAILED,
        sentence=problem.sentence,
        milliseconds=10_004,
        who=Party.NETWORK,
        next_step=problem.next_step,
        detail="203.0.113.9 port 22: timed out",
        kind=Kind.CANNOT_REACH,
    )
    after = (Stage.FIRST_LINE, Stage.ALGORITHMS, Stage.HOST_KEY, Stage.METHODS, Stage.CLOCK)
    verdict = CheckVerdict(
        outcome=StageOutcome.FAILED,
        sentence=message("The server cannot be reached from here."),
        who=Party.NETWORK,
        next_step=problem.next_step,
        first_failed=Stage.TCP,
        kind=Kind.CANNOT_REACH,
    )
    window.check((*list(_passed())[:5], failed, *_not_reached(*after, *_PAID)), verdict)
    return _("Check again")


def _consent(window: SceneWindow) -> str:
    """Ask before the sign-in is tried."""
    window.give_code(password=True)
    results = (*_passed(), _clock(StageOutcome.PASSED), *_not_reached(*_PAID))
    window.check(results, _well())
    window.driver.click(_("Try the sign-in too"))
    return _("Not now")


SCENES: dict[str, Scene] = {
    "check-running": _running,
    "check-ended": _ended,
    "check-refused": _refused,
    "check-unreached": _unreached,
    "check-consent": _consent,
}
