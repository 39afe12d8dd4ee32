"""Explains why a sign-in failed, as far as Okta and the clock tell, and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click
import msgspec

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.exit_codes import exit_for
from ferrygate.common.display import display_text
from ferrygate.common.errors import FerrygateError, Kind, Problem, SignInRefusedError, error_for
from ferrygate.common.i18n import _
from ferrygate.common.message import Message, message, sentences
from ferrygate.common.text import difference_text
from ferrygate.engine.messages.codes import SkewMeasured
from ferrygate.sites.skew import NOTABLE

if TYPE_CHECKING:
    from ferrygate.api.session import Session

_BESIDE = frozenset({Kind.CODE_NOT_SET_UP, Kind.HOST_KEY_UNKNOWN})
"""Kinds whose own step stays before the command: it counts refusals, or names a fingerprint."""


@contextmanager
def advice(context: CommandContext, text: str, *, explains: bool = False) -> Iterator[None]:
    """Add to an error the option or command that helps on the site ``text``, where one does.

    Args:
        context: the command's.
        text: the word SITE, as it was typed.
        explains: the command has ``--explain``, was not given it, and the site names who to ask.
    """
    try:
        yield
    except FerrygateError as error:
        raise error_for(advised(context, error.problem, text, explains=explains)) from error
    finally:
        context.terminal.clear_status_line()


def advised(
    context: CommandContext, problem: Problem, text: str, *, explains: bool = False
) -> Problem:
    """Return the problem with what to type next, if that helps."""
    step = _to_type(problem.kind, shlex.quote(display_text(text)))
    if problem.kind is Kind.PROMPT_UNANSWERED and not context.terminal.is_interactive:
        step = message(
            "Run the command on a terminal, or name the prompt and what it wants in the connection"
            " file, under “prompts” in [sign_in]."
        )
    if problem.kind in _BESIDE and step is not None and problem.next_step is not None:
        step = sentences(problem.next_step, step)
    if problem.kind is Kind.SIGN_IN_REFUSED and explains:
        step = message("To ask Okta for the reason, add --explain.")
        if problem.next_step is not None:
            step = sentences(problem.next_step, step)
    return problem if step is None else msgspec.structs.replace(problem, next_step=step)


def _to_type(kind: Kind, site: str) -> Message | None:
    match kind:
        case Kind.CODE_NOT_SET_UP:
            return message("The command for it: ferrygate enroll {site} --okta", site=site)
        case Kind.LOCK_OUT_BREAKER:
            return message("Check your password. Then --try-anyway lets one more try through.")
        case Kind.LOCK_OUT_SHUT:
            return message(
                "Once your contact has checked the account: ferrygate sites reset-lock {site}",
                site=site,
            )
        case Kind.HOST_KEY_UNKNOWN:
            return message(
                "If your contact gives you the same fingerprint, add --accept-new-host-key once."
            )
        case _:
            return None


def explain(
    context: CommandContext,
    session: Session,
    text: str,
    refusal: SignInRefusedError,
    *,
    try_anyway: bool,
    makes_codes: bool = True,
) -> NoReturn:
    """End the command with the refusal in Okta's words, and with what is wrong with the clock.

    The clock is no matter where a person types the codes.

    The refusal is printed here, since a question about the clock makes sense only after it. As JSON
    it has ``clock_ahead_seconds`` where Okta told the time.

    Raises:
        SignInRefusedError: Okta could not be asked, and why.
        click.exceptions.Exit: all of it is printed.
    """
    told = _ask_okta(context, session, text, refusal, try_anyway=try_anyway)
    try:
        clocks = session.measure_skew()
    except FerrygateError as error:
        context.terminal.fail(told)
        context.terminal.tell(error.problem)
    else:
        ahead = {} if clocks.seconds is None else {"clock_ahead_seconds": round(-clocks.seconds)}
        context.terminal.fail(told, **ahead)
        if makes_codes:
            _correct_clock(context, session, clocks)
    raise click.exceptions.Exit(exit_for(told.kind)) from refusal


def _ask_okta(
    context: CommandContext,
    session: Session,
    text: str,
    refusal: SignInRefusedError,
    *,
    try_anyway: bool,
) -> Problem:
    """Put Okta's words in place of those about a refusal, which keeps its details."""
    try:
        with advice(context, text):
            problem = session.explain_refusal(try_anyway=try_anyway)
    except FerrygateError as error:
        why = error.problem
        told = msgspec.structs.replace(
            refusal.problem,
            next_step=sentences(why.sentence, why.next_step),
            detail=f"{refusal.problem.detail}; Okta: {why.detail}",
        )
        raise error_for(told) from refusal
    detail = f"{refusal.problem.detail}; Okta: {problem.detail}"
    return msgspec.structs.replace(
        advised(context, problem, text),
        detail=detail,
        server_said=problem.server_said or refusal.problem.server_said,
        steps=refusal.problem.steps,
    )


def _correct_clock(context: CommandContext, session: Session, measured: SkewMeasured) -> None:
    """Say it when this computer's clock is wrong; a person may agree to have codes corrected."""
    if measured.seconds is None or abs(measured.seconds - measured.applied) <= NOTABLE:
        return
    words = _("This computer's clock is {time} behind Okta's.")
    if measured.seconds < 0:
        words = _("This computer's clock is {time} ahead of Okta's.")
    context.terminal.say(words.format(time=difference_text(measured.seconds)))
    if context.terminal.is_interactive and context.terminal.confirm(
        _("Make codes for Okta's time from now on?")
    ):
        session.apply_skew(round(measured.seconds))
