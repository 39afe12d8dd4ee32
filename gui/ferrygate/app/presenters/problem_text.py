"""A problem as people and support read it."""

from __future__ import annotations

from ferrygate.common.errors import Problem


def problem_text(problem: Problem) -> str:
    """The sentence and the next step."""
    return " ".join(part for part in (problem.sentence, problem.next_step) if part)


def support_text(problem: Problem) -> str:
    """What "Copy details for support" puts on the clipboard; never a secret."""
    parts = (problem.sentence, problem.next_step, f"[{problem.kind.value}]", problem.detail)
    return "\n".join(part for part in parts if part)
