"""Writes the question about files whose names are taken, as lines of a terminal."""

from __future__ import annotations

from ferrygate.common.i18n import _, render
from ferrygate.common.message import sentences
from ferrygate.common.text import size_and_time_text
from ferrygate.engine.messages.transfers import ConflictQuestion
from ferrygate.transfers.conflict_words import (
    cost_words,
    kind_words,
    met_words,
    sameness_words,
    scopes,
    side_names,
)
from ferrygate.transfers.name_conflict import FileFacts
from ferrygate.transfers.views import ConflictChoice, ConflictScope

CHOICES = {
    "r": ConflictChoice.REPLACE,
    "k": ConflictChoice.KEEP_BOTH,
    "s": ConflictChoice.SKIP,
    "c": ConflictChoice.CHANGED,
}
SCOPES = {
    "a": ConflictScope.ALL,
    "m": ConflictScope.MET,
    "o": ConflictScope.THIS_ONE,
}
_OVERWRITING = frozenset({"r", "c"})


def question_lines(question: ConflictQuestion, now: float) -> list[str]:
    """Say what was met, with both sides of the first three, and what replacing costs."""
    first, count = question.examples[0], question.count
    met = met_words(first, count, more_may_come=question.more_may_come)
    same = sameness_words(count, same_size=question.same_size, same_time=question.same_time)
    new, existing = (render(side) for side in side_names(question.direction))
    lines = [render(sentences(met, same))]
    for example in question.examples:
        both = _("{new}: {new_facts}; {existing}: {existing_facts}").format(
            new=new,
            new_facts=_facts(example.new, example.existing, now),
            existing=existing,
            existing_facts=_facts(example.existing, example.new, now),
        )
        lines.append(f"  {example.name}  {both}" if count > 1 else f"  {both}")
    return [*lines, render(cost_words(count, question.replaceable, question.direction))]


def choice_lines(question: ConflictQuestion) -> dict[str, str]:
    """Name the choices that there are, by the keys to press."""
    words = {
        "r": _("replace"),
        "k": _("keep both"),
        "s": _("skip"),
        "c": _("replace what seems changed, by size and what is told of times; skip the rest"),
    }
    return {key: w for key, w in words.items() if question.replaceable or key not in _OVERWRITING}


def scope_lines(question: ConflictQuestion) -> dict[str, str]:
    """Name the files that an answer can hold for, likewise; none where there is one file."""
    named = dict(scopes(question.examples[0], question.count, more_may_come=question.more_may_come))
    return {key: render(named[scope]) for key, scope in SCOPES.items() if scope in named}


def _facts(facts: FileFacts, other: FileFacts, now: float) -> str:
    kind = kind_words(facts.kind)
    if kind is not None:
        return render(kind)
    return size_and_time_text(facts.size, facts.modified, now, beside=other.size)
