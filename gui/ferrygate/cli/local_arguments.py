"""Reads paths on this computer from a command line."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ferrygate.common.errors import UsageError
from ferrygate.common.local_disk import local_path
from ferrygate.common.message import message, sentences


def no_stream(text: str) -> str:
    """Check a path of what is sent or fetched, and give it back; “-” is no stream here.

    Raises:
        UsageError: it is “-”, or as :func:`local_path`.
    """
    if text == "-":
        raise UsageError(
            message("“-” is not read or written as a stream."),
            next_step=message("For a file or folder of that name say ./-"),
        )
    return local_path(text)


class LocalPath(click.ParamType[Path]):
    """Takes a path that is not empty: ``Path("")``, of an unset variable, is the current folder."""

    name = "path"

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        """Return the path."""
        try:
            return Path(local_path(os.fspath(value)))
        except UsageError as error:
            problem = error.problem
            self.fail(str(sentences(problem.sentence, problem.next_step)), param, ctx)
