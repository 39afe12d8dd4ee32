"""A problem as people and support read it."""

from __future__ import annotations

from ferrygate.common.display import display_text
from ferrygate.common.errors import Problem
from ferrygate.common.i18n import render
from ferrygate.common.message import sentences
from ferrygate.common.text import server_says

_MAX_SAID_CHARACTERS = 300  # of a server's words; "Copy details for support" has them all


def problem_text(problem: Problem) -> str:
    """Join the sentence and the next step."""
    return render(sentences(problem.sentence, problem.next_step))


def said_text(problem: Problem) -> str:
    """Quote what the server itself said, on one line and not too long; empty if it said nothing."""
    words = display_text(" ".join(problem.server_said.split()))
    if not words:
        return ""
    if len(words) > _MAX_SAID_CHARACTERS:
        words = f"{words[:_MAX_SAID_CHARACTERS].rstrip()}…"
    return server_says(words)


def support_text(problem: Problem) -> str:
    """Make the text that "Copy details for support" puts on the clipboard; never a secret."""
    said = display_text(problem.server_said)
    parts = (
        render(problem.sentence),
        problem.next_step and render(problem.next_step),
        said and server_says(said),
        f"[{problem.kind.value}]",
        problem.detail,
        problem.steps,
    )
    return "\n".join(part for part in parts if part)
