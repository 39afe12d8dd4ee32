"""``check``: why somebody cannot get in, stage by stage."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click
import msgspec

from ferrygate.access_check.stages import CheckedAccess, Stage, StageResult
from ferrygate.access_check.verdict import verdict_on
from ferrygate.cli.check_lines import CheckPrinter
from ferrygate.cli.check_report import CheckReport
from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.command_secrets import use_secrets
from ferrygate.cli.command_session import (
    ask_passphrase,
    check_given_key,
    open_session,
    with_username,
)
from ferrygate.cli.exit_codes import Exit, exit_for
from ferrygate.cli.explaining import advised
from ferrygate.cli.local_arguments import LocalPath
from ferrygate.cli.output_options import output_options
from ferrygate.cli.prompts import TerminalPrompter
from ferrygate.cli.remote_arguments import existing
from ferrygate.cli.sign_in_options import SignInFlags, check_code_flags, sign_in_options
from ferrygate.cli.standard_input import code_on_standard_input
from ferrygate.common.errors import (
    CodeSecretError,
    ConnectionFileError,
    Kind,
    Problem,
    SecretsMissingError,
    SettingsError,
    UsageError,
)
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.common.threads import SystemThreads
from ferrygate.sites.resolve import is_path
from ferrygate.sites.site import Site

if TYPE_CHECKING:
    from ferrygate.api.session import Session


class _GivenSecretError(Exception):
    """Tells why a secret of the environment cannot be used."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


class CheckFlags(SignInFlags):
    """Holds the options of ``check``."""

    sign_in: bool
    write: str | None
    speed: bool
    watch: float | None
    report: Path | None
    shorten_names: bool


@click.command()
@click.argument("site")
@click.option(
    "--sign-in",
    is_flag=True,
    help="Sign in once as well, which spends a code and counts as a sign-in. Without this no"
    " secret is read and no code is spent, so that a check can be made at any time.",
)
@click.option(
    "--write",
    metavar="FOLDER",
    help="Write one byte into this folder of the server, and remove it. Needs --sign-in.",
)
@click.option(
    "--speed",
    is_flag=True,
    help="Measure the speed with a file of 4 MiB, sent, fetched and removed. Needs --sign-in.",
)
@click.option(
    "--watch",
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help="Check again every so many seconds, until Ctrl+C. Not with --sign-in.",
)
@click.option(
    "--report",
    type=LocalPath(),
    metavar="FILE",
    help="Write a report that can be mailed, with JSON beside it: all that was found, the end of"
    " the log, and no secret.",
)
@click.option(
    "--shorten-names", is_flag=True, help="Shorten names of servers and users in the report."
)
@sign_in_options
@output_options
@click.pass_obj
def check(context: CommandContext, site: str, **flags: Unpack[CheckFlags]) -> int:
    """Find out why an account cannot get in, or that it can.

    Every stage is told as it ends: what it found, and who can mend it. The exit status is that of
    the first stage that has failed.
    """
    _check_flags(**flags)
    reporter = CheckReport(context, flags["report"], shorten=flags["shorten_names"])
    printer = CheckPrinter(context.terminal)
    try:
        checked = _check_site(context, site, printer, reporter, **flags)
    except (ConnectionFileError, SettingsError, _GivenSecretError) as error:
        from ferrygate.access_check.without_engine import (  # noqa: PLC0415  only where it is broken
            check_without_engine,
        )

        if not printer.has_begun:
            printer.begin(site)
        checked = check_without_engine(error.problem, context.clock, printer.stage)
        printer.end(checked.verdict)
        reporter.write(site, None, checked)
    kind = checked.verdict.kind
    return Exit.DONE if kind is None else exit_for(kind)


def _check_site(
    context: CommandContext,
    text: str,
    printer: CheckPrinter,
    reporter: CheckReport,
    **flags: Unpack[CheckFlags],
) -> CheckedAccess:
    """Check the site ``text``; with ``--watch`` for ever.

    Raises:
        ConnectionFileError, SettingsError, _GivenSecretError: there is nothing to check with.
        UsageError: there is no such site, or the options make no sense for it.
    """
    site = with_username(context, context.site(text))
    folder = None if flags["write"] is None else existing(flags["write"])
    prompter = TerminalPrompter(
        context.terminal, context.clock, accept_new_host_key=flags["accept_new_host_key"]
    )
    advise = partial(_advise, context, site, text, **flags)
    printer.begin(site.name)
    may_ask = context.terminal.is_interactive
    with _open(context, site, prompter, **flags) as session:
        code = _typed_code(context, session, **flags) if flags["sign_in"] else None
        while True:
            found = session.check_access(
                sign_in=flags["sign_in"],
                write_folder=folder,
                speed=flags["speed"],
                explain=flags["explain"],
                try_anyway=flags["try_anyway"],
                typed_code=code,
                given=context.secret_places(),
                source=text if is_path(text) else "",
                on_stage=lambda result: printer.stage(advise(result)),
            )
            results = tuple(map(advise, found.results))
            checked = CheckedAccess(results, verdict_on(results))
            printer.end(checked.verdict)
            if checked.verdict.kind is Kind.PASSPHRASE_MISSING and may_ask:
                may_ask = False
                ask_passphrase(context, session)  # nothing was sent, and no code is spent
                printer.begin(site.name)
                continue
            reporter.write(site.name, site, checked)
            if flags["watch"] is None:
                return checked
            context.clock.wait(SystemThreads().event(), flags["watch"])
            printer.begin(site.name)


def _advise(
    context: CommandContext,
    site: Site,
    text: str,
    result: StageResult,
    **flags: Unpack[CheckFlags],
) -> StageResult:
    """Return a failed stage with what to type next, if that helps on the site ``text``."""
    kind = result.kind
    if kind is None or not (flags["sign_in"] or kind is Kind.LOCK_OUT_SHUT):
        return result
    explains = bool(site.sign_in.okta_address) and not flags["explain"]
    problem = advised(
        context,
        Problem(kind=kind, sentence=result.sentence, next_step=result.next_step),
        text,
        explains=explains and result.stage is Stage.SIGN_IN,
    )
    return msgspec.structs.replace(result, next_step=problem.next_step)


def _check_flags(**flags: Unpack[CheckFlags]) -> None:
    """Check that the options make sense together.

    Raises:
        UsageError: they do not.
    """
    if flags["shorten_names"] and flags["report"] is None:
        raise UsageError(message("{option} needs --report.", option="--shorten-names"))
    if flags["sign_in"]:
        if flags["watch"] is not None:
            raise UsageError(
                message("Give only one of --sign-in and --watch."),
                next_step=message("Each sign-in spends a code."),
            )
        return
    given = {
        "--write": flags["write"] is not None,
        "--speed": flags["speed"],
        "--accept-new-host-key": flags["accept_new_host_key"],
        "--explain": flags["explain"],
        "--try-anyway": flags["try_anyway"],
        "--ask-code": flags["ask_code"],
        "--code-stdin": flags["code_stdin"],
    }
    for option, is_given in given.items():
        if is_given:
            raise UsageError(message("{option} needs --sign-in.", option=option))


def _open(
    context: CommandContext,
    site: Site,
    prompter: TerminalPrompter,
    **flags: Unpack[CheckFlags],
) -> Session:
    """Open a session; without a sign-in no secret is read, and the keychain asked for none.

    Raises:
        _GivenSecretError: a secret of the environment cannot be used.
    """
    if not flags["sign_in"]:
        return open_session(context, site, prompter, unneeded=frozenset(SecretKind))
    check_code_flags(
        context,
        site,
        accept_new_host_key=flags["accept_new_host_key"],
        explain=flags["explain"],
        try_anyway=flags["try_anyway"],
        ask_code=flags["ask_code"],
        code_stdin=flags["code_stdin"],
    )
    try:
        given = context.secrets.totp_secret
        check_given_key(None if flags["ask_code"] else given, site)
    except (CodeSecretError, UsageError) as error:
        raise _GivenSecretError(error.problem) from error
    typed = {SecretKind.CODE_SECRET} if flags["ask_code"] else set[SecretKind]()
    return open_session(context, site, prompter, unneeded=frozenset(typed))


def _typed_code(
    context: CommandContext, session: Session, **flags: Unpack[CheckFlags]
) -> Secret | None:
    """Use the secrets at hand, and return the code that a person gives, if one is to.

    A missing secret is no error here: the check tells of it.
    """
    try:
        use_secrets(context, session, ask_code=flags["ask_code"], code_stdin=flags["code_stdin"])
    except SecretsMissingError:
        return None
    if flags["code_stdin"]:
        return code_on_standard_input(session.site.sign_in.digits)
    if flags["ask_code"]:
        return context.terminal.answer(_("Code from your phone or token"), echo=True)
    return None
