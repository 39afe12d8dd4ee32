"""Adds the options for the form of a command's output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ferrygate.cli.command_context import CommandContext

F = TypeVar("F", bound=Callable[..., Any])


def output_options(command: F) -> F:
    """Add ``--json`` and ``--verbose``, which set up the terminal."""
    as_json = click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=_set_json,
        help='Print one JSON object a line; each says what it is in "event".',
    )
    verbose = click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_set_verbose,
        help="Tell the details of an error.",
    )
    return as_json(verbose(command))


def _set_json(click_context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001  click's signature
    context: CommandContext = click_context.obj
    context.terminal.as_json = value


def _set_verbose(click_context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001  click's signature
    context: CommandContext = click_context.obj
    context.terminal.verbose = value
