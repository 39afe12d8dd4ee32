"""The options of commands that sign in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict, TypeVar, Unpack

import click

from ferrygate.cli.command_context import CommandContext
from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.sites.site import Site

F = TypeVar("F", bound=Callable[..., Any])


class AttemptFlags(TypedDict):
    """Holds the options that :func:`attempt_options` adds to a command."""

    accept_new_host_key: bool
    explain: bool
    try_anyway: bool


class SignInFlags(AttemptFlags):
    """Holds the options that :func:`sign_in_options` adds to a command."""

    ask_code: bool
    code_stdin: bool


def sign_in_options(command: F) -> F:
    """Add the options of every command that signs in to do something."""
    ask = click.option(
        "--ask-code",
        is_flag=True,
        help="Ask for the code that your phone or token shows, whenever one is needed: after a lost"
        " connection for the next one.",
    )
    stdin = click.option(
        "--code-stdin",
        is_flag=True,
        help="Read the code from the first line of standard input. It is good for one sign-in.",
    )
    return ask(stdin(attempt_options(command)))


def attempt_options(command: F) -> F:
    """Add the options of every command that makes an attempt to sign in."""
    accept = click.option(
        "--accept-new-host-key",
        is_flag=True,
        help="Take and keep a host key nobody has confirmed yet. A changed one is always refused.",
    )
    anyway = click.option(
        "--try-anyway", is_flag=True, help="Sign in once more after repeated refusals."
    )
    explain = click.option(
        "--explain",
        is_flag=True,
        help="When refused, ask Okta once with the password alone, and say what is wrong. That"
        " may count as another refusal.",
    )
    return accept(anyway(explain(command)))


def check_code_flags(context: CommandContext, site: Site, **flags: Unpack[SignInFlags]) -> None:
    """Check the options about a code before anything is read or sent.

    Raises:
        UsageError: they make no sense.
    """
    if flags["ask_code"] and flags["code_stdin"]:
        raise UsageError(message("Give only one of --ask-code and --code-stdin."))
    if flags["ask_code"] and not context.terminal.is_interactive:
        raise UsageError(
            message("Nobody can be asked for a code: this is no terminal."),
            next_step=message("In a script, give it on standard input: --code-stdin"),
        )
    if flags["code_stdin"] and not site.sends_password:
        raise UsageError(
            message("“{site}” signs in by key alone, without a code.", site=site.name),
            next_step=message("Leave out --code-stdin."),
        )
