"""The stages that look at this computer alone: settings, home and breaker."""

from __future__ import annotations

from datetime import UTC, datetime

from ferrygate.access_check.background_answer import TimedAnswer
from ferrygate.access_check.keychain_facts import KeychainFacts
from ferrygate.access_check.stages import Party, Stage
from ferrygate.access_check.teller import StageTeller
from ferrygate.common.errors import FerrygateError, Kind, Problem
from ferrygate.common.message import message, plural_message
from ferrygate.sign_in.account_names import known_names
from ferrygate.sign_in.credentials import check_username
from ferrygate.sign_in.gate import Gate, gate_for
from ferrygate.sign_in.ledger import End, Ledger
from ferrygate.sites.known_hosts import KnownHosts
from ferrygate.sites.site import Site


def tell_settings(teller: StageTeller, site: Site, source: str) -> None:
    """Tell what the settings are, and whether they name a user.

    Args:
        teller: takes the stage.
        site: the settings.
        source: the file of the settings; empty for a saved site.
    """
    detail = _settings_text(site, source)
    try:
        check_username(site)
    except FerrygateError as error:
        teller.failed(Stage.SETTINGS, error.problem, Party.YOU, detail)
    else:
        teller.passed(Stage.SETTINGS, message("The settings can be used."), detail)


def _settings_text(site: Site, source: str) -> str:
    how = site.sign_in
    user = site.username or "(no user)"
    return "\n".join(
        (
            f"from: {source or 'a saved site'}",
            f"site {site.name!r}: {user}@{site.host}:{site.port}, start folder {site.start_folder}",
            f"methods: {', '.join(how.steps)}; joins {how.join}",
            f"codes: {how.digits} digits, {how.period} s, {how.algorithm}",
            f"Okta: {how.okta_address or 'not named'}",
            f"pins: {', '.join(site.host_key_fingerprints) or 'none'}",
            f"contact: {site.support.contact or 'not named'}",
        )
    )


def tell_home(
    teller: StageTeller, keychain: TimedAnswer[KeychainFacts] | None, *, is_needed: bool
) -> None:
    """Tell of the keychain, once Ferrygate's own folder is known to be writable.

    Args:
        teller: takes the stage.
        keychain: its answer; ``None`` if none came in time.
        is_needed: a secret may be in the keychain; else its state is in nobody's way.
    """
    stage = Stage.HOME
    if not is_needed:
        facts = None if keychain is None else keychain.value
        detail = f"keychain, not needed: {'unknown' if facts is None else facts.name}"
        teller.passed(stage, message("Ferrygate can keep its files."), detail)
        return
    if keychain is None:
        teller.warned(
            stage,
            message("The keychain has not answered yet."),
            Party.YOU,
            next_step=message("Look for a window that asks to unlock it."),
        )
    elif keychain.problem is not None:
        problem = keychain.problem
        teller.warned(
            stage,
            problem.sentence,
            Party.YOU,
            next_step=problem.next_step,
            detail=problem.detail,
        )
    elif keychain.value is not None:
        facts = keychain.value
        detail = f"keychain: {facts.name}"
        if facts.note is not None:
            teller.warned(stage, facts.note, Party.YOU, detail=detail)
        else:
            sentence = message("Ferrygate can keep its files, and secrets in the keychain.")
            teller.passed(stage, sentence, detail)


def tell_breaker(
    teller: StageTeller,
    site: Site,
    ledger: Ledger,
    known_hosts: KnownHosts,
    *,
    try_anyway: bool,
) -> None:
    """Tell how many sign-ins were refused in a row, and whether the next one is let through.

    Args:
        teller: takes the stage.
        site: whose account it is.
        ledger: counts the refusals.
        known_hosts: the keys on record, under which refusals are counted as well.
        try_anyway: a person's word that lets the attempt through that follows.

    Raises:
        SettingsError: the ledger cannot be read.
    """
    names = known_names(site, known_hosts)
    refusals = ledger.standing(names).refusals
    good, refused = (ledger.last_end(names, end) for end in (End.ACCEPTED, End.REFUSED))
    detail = f"refusals in a row: {refusals}\n"
    detail += f"last refusal: {_date(refused)}\nlast success: {_date(good)}"
    gate = gate_for(refusals, try_anyway=try_anyway)
    if gate is not Gate.OPEN:
        who = Party.CONTACT if gate is Gate.SHUT else Party.YOU
        teller.failed(Stage.BREAKER, _stopped(gate, refusals), who, detail)
    elif refusals:
        sentence = plural_message(
            "The last sign-in was refused.",
            "The last {count} sign-ins were refused.",
            refusals,
        )
        step = message("Check your password before the next one.")
        teller.warned(Stage.BREAKER, sentence, Party.YOU, next_step=step, detail=detail)
    else:
        sentence = message(
            "No sign-in from this computer has been refused since the last good one."
        )
        teller.passed(Stage.BREAKER, sentence, detail)


def _stopped(gate: Gate, refusals: int) -> Problem:
    is_shut = gate is Gate.SHUT
    step = message("Check your password, or ask your contact. Then let one more try through.")
    if is_shut:
        step = message("Ask your contact to check your account; then reset the lock for this site.")
    return Problem(
        kind=Kind.LOCK_OUT_SHUT if is_shut else Kind.LOCK_OUT_BREAKER,
        sentence=plural_message(
            "The last sign-in was refused. The next one is stopped, so that your account is not"
            " locked.",
            "The last {count} sign-ins were refused. The next one is stopped, so that your account"
            " is not locked.",
            refusals,
        ),
        next_step=step,
    )


def _date(at: float | None) -> str:
    if at is None:
        return "never, as far as is known here"
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
