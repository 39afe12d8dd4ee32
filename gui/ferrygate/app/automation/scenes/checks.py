"""Play the screens of the access check: under way, well, refused, and its question."""

from __future__ import annotations

from collections.abc import Iterable

from ferrygate.access_check.stages import (
    Cause,
    Party,
    Stage,
    StageOutcome,
    StageResult,
)
from ferrygate.access_check.verdict import verdict_on
from ferrygate.access_check.words import STAGE_TITLES
from ferrygate.app.automation.scene_window import SITE, STEPS, SceneWindow
from ferrygate.app.automation.scenes.scene import Scene
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _, render
from ferrygate.common.message import Difference, message
from ferrygate.engine.messages.session import SessionState

# Sentences of the check itself (tests/gui/test_check_scenes.py), over a made-up server.
_PASSED = (
    (Stage.SETTINGS, message("The settings can be used."), 1, ""),
    (
        Stage.HOME,
        message("Ferrygate can keep its files, and secrets in the keychain."),
        14,
        "keychain: Secret Service",
    ),
    (
        Stage.SECRETS,
        message(
            "At hand: {secrets}. Only a sign-in tells whether that is right.",
            secrets=(message("your password"), message("your code")),
        ),
        3,
        "password: keychain\ncode secret: keychain",
    ),
    (
        Stage.BREAKER,
        message("No sign-in from this computer has been refused since the last good one."),
        1,
        "",
    ),
    (Stage.DNS, message("“{host}” was found.", host=SITE.host), 12, STEPS[0].found),
    (
        Stage.TCP,
        message(
            "The server answers at {address}, port {port}.", address="203.0.113.9", port=SITE.port
        ),
        31,
        STEPS[1].found,
    ),
    (Stage.FIRST_LINE, message("A file transfer server answers (SSH)."), 44, STEPS[2].found),
    (Stage.ALGORITHMS, message("The connection is encrypted."), 61, STEPS[3].found),
    (
        Stage.HOST_KEY,
        message("The server shows the key that the connection file names."),
        2,
        STEPS[4].found,
    ),
    (
        Stage.METHODS,
        message("The server takes what this account signs in with."),
        38,
        STEPS[5].found,
    ),
    (Stage.OKTA, message("Okta can be reached."), 87, "answered in 87 ms"),
)
_UNTRIED = message("Not asked for.")
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
        else message("This computer's clock is {time} behind Okta's.", time=Difference(45)),
        milliseconds=1,
        who=None if is_right else Party.YOU,
        next_step=None
        if is_right
        else message("Set it right, or let Ferrygate correct its codes when it offers to."),
        detail="Okta's clock is ahead by 45 s, to about a second",
    )


def _refused_sign_in() -> StageResult:
    return StageResult(
        stage=Stage.SIGN_IN,
        outcome=StageOutcome.FAILED,
        sentence=message("The server refused the sign-in."),
        milliseconds=1240,
        who=Party.YOU,
        next_step=message(
            "Go through what it may be due to, from the top. If nothing of it helps, ask your"
            " contact."
        ),
        detail="answered: refused (method password)",
        kind=Kind.SIGN_IN_REFUSED,
        causes=(Cause.PASSWORD_WRONG, Cause.ACCOUNT_LOCKED, Cause.CODE_USED_ELSEWHERE),
        server_said="For partners of Acme only. Use is recorded.",
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
    window.check(results, verdict_on(results))
    return _("Check again")


def _refused(window: SceneWindow) -> str:
    """Show a check whose sign-in was refused, asked for after a refusal on the card."""
    window.fail(
        Kind.SIGN_IN_REFUSED,
        message("The server refused the sign-in."),
        message("Check your user name and password."),
    )
    results = (
        *list(_passed())[:4],
        _clock(StageOutcome.PASSED),
        _refused_sign_in(),
        *_not_reached(*_PAID[1:]),
    )
    window.check(results, verdict_on(results))
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
    results = (*list(_passed())[:5], failed, *_not_reached(*after, *_PAID))
    window.check(results, verdict_on(results))
    return _("Check again")


def _consent(window: SceneWindow) -> str:
    """Ask before the sign-in is tried."""
    window.give_code(password=True)
    results = (*_passed(), _clock(StageOutcome.PASSED), *_not_reached(*_PAID))
    window.check(results, verdict_on(results))
    window.driver.click(_("Try the sign-in too"))
    return _("Not now")


SCENES: dict[str, Scene] = {
    "check-running": _running,
    "check-ended": _ended,
    "check-refused": _refused,
    "check-unreached": _unreached,
    "check-consent": _consent,
}
