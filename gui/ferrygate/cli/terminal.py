"""Prints for the command line, and asks.

Results go to standard output; everything meant for a person at the screen goes to standard error.
"""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TextIO

import click

from ferrygate.cli.json_lines import JsonEvent, problem_record, record_line
from ferrygate.cli.streams import GuardedOutput, OutputFailedError
from ferrygate.common.clock import Clock
from ferrygate.common.display import display_text
from ferrygate.common.errors import Kind, Problem, UsageError
from ferrygate.common.i18n import _, render
from ferrygate.common.message import Message, message, sentences
from ferrygate.common.remedies import CONTACT_CANNOT_HELP
from ferrygate.common.secret import Secret
from ferrygate.common.text import duration_text, server_says

if TYPE_CHECKING:  # loading rich takes 30 ms, and few commands draw
    from rich.console import Console

_REFRESHES_PER_SECOND = 4.0  # a countdown shows whole seconds
_ENDS_OF_QUESTIONS = (":", "?", "!", ".", ">", "\uff1a", "\uff1f")  # no colon is added after them


class Shown(Protocol):
    """Keeps the last line of the screen up to date, such as a progress bar."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End and leave the line clean; it may be started again."""


class Terminal:
    """Writes standard output and standard error of one command.

    Attributes:
        as_json: one JSON object a line on standard output, errors as well.
        verbose: tell the details that support asks for.
        contact: the person or address that the site names for help; empty if it names none.
        is_asking: a question waits for its answer.
        is_away: the connection was lost, which is what the last line of the screen tells.
        given_up: why the connection was given up, if it was.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._shown: Shown | None = None
        self.as_json = False
        self.verbose = False
        self.contact = ""
        self.is_asking = False
        self.is_away = False
        self.given_up: Problem | None = None
        self._said = ""  # all words of the server so far, on one line
        self._told: set[str] = set()  # each of its sayings, and all words up to each, likewise

    @cached_property
    def screen(self) -> Console:
        """Standard error, to draw on."""
        from rich.console import Console  # noqa: PLC0415  as above

        return Console(stderr=True, markup=False, highlight=False, emoji=False)

    @property
    def is_interactive(self) -> bool:
        """Tell whether a person can answer: standard input is a terminal."""
        return sys.stdin.isatty()

    @property
    def can_draw(self) -> bool:
        """Tell whether the last line of the screen is free to be drawn anew again and again."""
        return sys.stderr.isatty() and not (self.as_json and sys.stdout.isatty())

    # ------------------------------------------------------------ standard output

    def line(self, text: str) -> None:
        """Print a line of the result.

        Raises:
            OutputFailedError: standard output takes no more.
        """
        self.lines([text])

    def lines(self, texts: Iterable[str]) -> None:
        """Lines of the result, written together: each for itself takes longer than to make it.

        Raises:
            OutputFailedError: standard output takes no more.
        """
        _print(sys.stdout, "".join(f"{text}\n" for text in texts))
        if isinstance(sys.stdout, GuardedOutput) and sys.stdout.failure is not None:
            raise OutputFailedError

    def record(self, event: JsonEvent, /, **values: Any) -> None:
        """Print one JSON object if ``--json`` is given; a closed output does not stop the work."""
        if self.as_json:
            _print(sys.stdout, f"{record_line(event, **values)}\n")

    # ------------------------------------------------------------ standard error

    def say(self, text: str) -> None:
        """Print a line for the person, above the status line."""
        if self._shown is None:
            _print(sys.stderr, f"{text}\n")
        else:
            self.screen.print(text, soft_wrap=True)

    def fail(self, problem: Problem, **values: Any) -> None:
        """Say why the command failed, and whom to ask; as JSON too where that is wanted.

        Args:
            problem: why.
            values: more for the JSON object.
        """
        self.clear_status_line()
        self.record(JsonEvent.ERROR, error=self.problem_record(problem), **values)
        self.tell(problem)
        if self.contact and problem.kind not in CONTACT_CANNOT_HELP:
            self.say(_("Your contact: {contact}").format(contact=display_text(self.contact)))

    def reject(self, error: click.ClickException, *, next_step: Message | None) -> None:
        """Say what is wrong with the command line itself, with the command's usage."""
        sentence = error.format_message()
        problem = Problem(
            kind=Kind.USAGE, sentence=message("{text}", text=sentence), next_step=next_step
        )
        self.record(JsonEvent.ERROR, error=self.problem_record(problem))
        error.show()
        if next_step is not None:
            self.say(render(next_step))

    def warn(self, code: str, problem: Problem, **values: Any) -> None:
        """Say something that the command does not fail over; as JSON too where that is wanted.

        Args:
            code: what programs know the warning by; a value once given stays.
            problem: what to tell.
            values: more for the JSON object.
        """
        told = {**self.problem_record(problem), **values}
        self.record(JsonEvent.WARNING, code=code, **told)
        self.tell(problem)

    def problem_record(self, problem: Problem) -> dict[str, Any]:
        """Make a record of a problem for programs, with the contact to ask."""
        return problem_record(problem, self.contact)

    def tell(self, problem: Problem) -> None:
        """Say what went wrong and what to do; the details when asked for, or unforeseen."""
        self.clear_status_line()
        self.say(render(sentences(problem.sentence, problem.next_step)))
        if problem.server_said and _on_one_line(problem.server_said) not in self._told:
            self.say(server_words(problem))
        if problem.detail and (self.verbose or problem.kind is Kind.INTERNAL):
            self.say(_("Details: {detail}").format(detail=problem.detail))
        if problem.steps and self.verbose:
            self.say(problem.steps)

    def quote(self, words: str) -> None:
        """Say what the server tells people, once; as JSON too where that is wanted."""
        self.clear_status_line()
        self.record(JsonEvent.WARNING, code="server-said", server_said=words)
        flat = _on_one_line(words)
        if flat not in self._told:
            self._said = f"{self._said} {flat}".lstrip()  # a banner may come in pieces
            self._told |= {flat, self._said}
            self.say(server_says(words))

    def countdown(self, until: float) -> None:
        """Say when the next code comes; counts down on a terminal."""
        self._count_down(
            lambda wait: _("Waiting {time} for the next code (each code is good once)").format(
                time=wait
            ),
            until,
        )

    def away(self, until: float) -> None:
        """Say that the connection was lost and when it is tried again; counts down as well."""
        self.is_away = True
        self._count_down(
            lambda wait: _("Connection lost, next try in {time}").format(time=wait), until
        )

    def _count_down(self, words: Callable[[str], str], until: float) -> None:
        def told() -> str:
            return words(duration_text(until - self._clock.now()))

        if not self.can_draw:
            self.say(told())
            return
        from rich.live import Live  # noqa: PLC0415  as above
        from rich.text import Text  # noqa: PLC0415  as above

        live = Live(
            get_renderable=lambda: Text(told(), no_wrap=True, overflow="ellipsis"),
            console=self.screen,
            refresh_per_second=_REFRESHES_PER_SECOND,
            transient=True,
            redirect_stdout=False,  # it may be a file
            redirect_stderr=False,
        )
        self.show(live)

    def show(self, shown: Shown) -> None:
        """Keep this on the last line, in place of what is there."""
        if self._shown is not shown:
            self.clear_status_line()
            shown.start()
            self._shown = shown

    def clear_status_line(self) -> None:
        """Leave the last line clean."""
        if self._shown is not None:
            shown, self._shown = self._shown, None
            shown.stop()

    # ------------------------------------------------------------ questions

    def wrapped(self, text: str) -> str:
        """Wrap a text between words at the screen's width: a terminal itself breaks words.

        Further lines are indented as the first one is.
        """
        try:
            columns = os.get_terminal_size(sys.stderr.fileno()).columns
        except (OSError, ValueError):  # no terminal
            return text
        return wrapped(text, columns)

    def confirm(self, question: str) -> bool:
        """Ask a question with yes or no; no is the default."""
        with self._asking():
            return click.confirm(self.wrapped(question), default=False, err=True)

    def choose(self, question: str, choices: Sequence[str]) -> str:
        """Ask a question with a few answers."""
        with self._asking():
            answer: str = click.prompt(self.wrapped(question), type=click.Choice(choices), err=True)
        return answer

    def ask(self, question: str) -> str:
        """Ask a question with a text for an answer."""
        with self._asking():
            answer: str = click.prompt(self.wrapped(question), err=True)
        return answer

    def ask_secret(self, question: str) -> Secret:
        """Ask a question whose answer is not shown."""
        with self._asking(hidden=True):
            return Secret(click.prompt(self.wrapped(question), hide_input=True, err=True))

    def answer(self, question: str, *, echo: bool) -> Secret:
        """Ask a question in a server's words; an empty answer is an answer too."""
        asked = re.sub(r"[:\s]*:\s*$", ":", question)  # some servers write two
        if not asked.endswith(_ENDS_OF_QUESTIONS):
            asked += ":"
        with self._asking(hidden=not echo):
            return Secret(
                click.prompt(
                    asked,
                    default="",
                    hide_input=not echo,
                    show_default=False,
                    prompt_suffix=" ",
                    err=True,
                )
            )

    @contextmanager
    def _asking(self, *, hidden: bool = False) -> Iterator[None]:
        self.clear_status_line()
        self.is_asking = True
        try:
            yield
        except UnicodeDecodeError:  # which holds what was typed, a secret perhaps
            raise UsageError(
                message("What was typed is not UTF-8 text, and nothing was sent."),
                next_step=message("Set your terminal to UTF-8, and type it again."),
            ) from None
        except click.Abort:
            if not hidden:  # else click does it
                click.echo(err=True)  # end the line that shows the person's ^C
            raise
        finally:
            self.is_asking = False


def _on_one_line(words: str) -> str:
    """Clean a server's words for comparison, with line ends of every kind as blanks."""
    return display_text(" ".join(words.split()))


def server_words(problem: Problem) -> str:
    """Quote the server's own words about a problem, for people; there must be some."""
    return server_says(display_text(problem.server_said))


def wrapped(text: str, columns: int) -> str:
    """Wrap a text between words at a number of columns; further lines have its indent."""
    if columns <= 0 or len(text) < columns:  # a terminal that does not tell has none
        return text
    words = text.lstrip(" ")
    indent = " " * (len(text) - len(words))
    return textwrap.fill(
        words,
        columns - 1,  # the last one is the cursor's
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _print(stream: TextIO, text: str) -> None:
    """Write at once; click would write UTF-8 where the encoding is ASCII."""
    stream.write(text)
    stream.flush()
