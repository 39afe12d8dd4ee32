"""The question of a batch about files whose names are taken, in words."""

from __future__ import annotations

import msgspec

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
from ferrygate.transfers.views import ConflictScope


class ExampleView(msgspec.Struct, frozen=True):
    """One of the files.

    Attributes:
        name: of the file; empty where the question names it.
        new: where it comes from, with its size and time there.
        existing: where its name is taken, with the same of what has it.
    """

    name: str
    new: str
    existing: str


class ConflictView(msgspec.Struct, frozen=True, kw_only=True):
    """The question as a row shows it.

    Attributes:
        question: what was met.
        cost: what replacing costs, or why it cannot be done.
        examples: the first files; none where there is one, and a folder has its name.
        can_replace: replacing is a choice.
        can_compare: replacing what has changed is one.
        scope: the files that the answer holds for.
        scopes: what there is to choose from, in words; empty where there is but one file.
    """

    question: str
    cost: str
    examples: tuple[ExampleView, ...]
    can_replace: bool
    can_compare: bool
    scope: ConflictScope = ConflictScope.ALL
    scopes: tuple[tuple[ConflictScope, str], ...] = ()

    @property
    def scope_words(self) -> str:
        """Say which files the answer holds for; empty where there is but one file."""
        return dict(self.scopes).get(self.scope, "")


def conflict_view(question: ConflictQuestion, scope: ConflictScope, now: float) -> ConflictView:
    """Put the engine's question into words.

    Args:
        question: what it asks.
        scope: the files that a person wants to answer for; all where that is the same by now.
        now: seconds since the epoch.
    """
    first, count, more_may_come = question.examples[0], question.count, question.more_may_come
    met = met_words(first, count, more_may_come=more_may_come)
    same = sameness_words(count, same_size=question.same_size, same_time=question.same_time)
    offered = tuple(
        (each, _("Apply to {files}").format(files=render(words)))
        for each, words in scopes(first, count, more_may_come=more_may_come)
    )
    sides = [render(side).capitalize() for side in side_names(question.direction)]
    return ConflictView(
        question=render(sentences(met, same)),
        cost=render(cost_words(count, question.replaceable, question.direction)),
        examples=tuple(
            ExampleView(
                name=example.name if count > 1 else "",
                new=_side(sides[0], example.new, example.existing, now),
                existing=_side(sides[1], example.existing, example.new, now),
            )
            for example in question.examples
            if count > 1 or example.can_replace
        ),
        can_replace=question.replaceable > 0,
        can_compare=question.replaceable > 0 and bool(offered),
        scope=scope if scope in dict(offered) else ConflictScope.ALL,
        scopes=offered,
    )


def _side(place: str, facts: FileFacts, other: FileFacts, now: float) -> str:
    kind = kind_words(facts.kind)
    known = size_and_time_text(facts.size, facts.modified, now, beside=other.size)
    return _("{place}: {facts}").format(place=place, facts=render(kind) if kind else known)
