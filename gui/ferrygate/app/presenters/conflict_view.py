"""The question of a batch about names that are taken, in words."""

from __future__ import annotations

import msgspec

from ferrygate.common.i18n import _
from ferrygate.engine.messages import ConflictQuestion


class ConflictView(msgspec.Struct, frozen=True, kw_only=True):
    """The question as a row shows it.

    Attributes:
        question: what is asked.
        warning: what replacing costs here; may be empty.
    """

    question: str
    warning: str = ""


def conflict_view(question: ConflictQuestion) -> ConflictView:
    """Put the engine's question into words."""
    warning = ""
    if question.replace_is_final:
        warning = _("Replacing cannot be undone, even if the upload breaks.")
    return ConflictView(
        question=_("“{name}” is already there.").format(name=question.name), warning=warning
    )
