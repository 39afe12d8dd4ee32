"""Questions that come up in the middle of a sign-in, in words a person can act on."""

from __future__ import annotations

from textwrap import wrap

import msgspec

from ferrygate.app.presenters.session_words import seconds_until
from ferrygate.common.errors import Problem
from ferrygate.common.i18n import _
from ferrygate.engine.messages.session import HostKeyQuestion, PromptQuestion
from ferrygate.sites.site import Site

_LINE = 32  # characters of a fingerprint that fit on a line of the card
ANSWER_SECONDS = 120.0
"""Seconds for which the engine waits for an answer to a server's prompt."""


class ConsentView(msgspec.Struct, frozen=True):
    """Describes what a person agrees to: one sentence, and the words on the button."""

    sentence: str
    button: str


class HostKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """The question about a server nobody has confirmed yet."""

    question: int
    title: str
    sentence: str
    details: str


class ChangedKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A server that shows another key than the one on record.

    Attributes:
        title: what it is.
        sentence: what it means, and what to do.
        caption: what the field for the new fingerprint is for.
        wrong: the fingerprint given is not the one that the server showed.
        problem: for support.
    """

    title: str
    sentence: str
    caption: str
    wrong: bool
    problem: Problem


class PromptView(msgspec.Struct, frozen=True, kw_only=True):
    """Describes what a server asks in words of its own.

    Attributes:
        question: number to answer with.
        text: the server's words.
        instruction: what the server says above them; may be empty.
        echo: the answer may be seen.
        left: how long there is time to answer.
    """

    question: int
    text: str
    instruction: str
    echo: bool
    left: str


def host_key_view(question: HostKeyQuestion, site: Site | None) -> HostKeyView:
    """Describe the question about an unknown server."""
    return HostKeyView(
        question=question.question,
        title=_("Is this the right server?"),
        sentence=_(
            "This computer meets {host} for the first time. Nothing secret has been sent. "
            "Ask {whom} whether the server's fingerprint is theirs."
        ).format(host=question.host, whom=whom_to_ask(site)),
        details="\n".join([question.key_type, *wrap(question.fingerprint, _LINE)]),
    )


def changed_key_view(problem: Problem, site: Site, *, wrong: bool) -> ChangedKeyView:
    """Describe the stop in front of a changed server."""
    return ChangedKeyView(
        title=_("This is not the server it was"),
        sentence=_(
            "{host} shows another key than before. Either its owners have changed it, or somebody "
            "stands between you and them. Nothing was sent. Ask {whom} before you do anything else."
        ).format(host=site.host, whom=whom_to_ask(site)),
        caption=_("Fingerprint of the new key, as given to you by {whom}").format(
            whom=whom_to_ask(site)
        ),
        wrong=wrong,
        problem=problem,
    )


def prompt_view(question: PromptQuestion, until: float, now: float) -> PromptView:
    """Describe a server's prompt at ``now``; the time to answer ends at ``until`` (both epoch)."""
    return PromptView(
        question=question.question,
        text=question.text,
        instruction=question.instruction,
        echo=question.echo,
        left=_("{seconds} s left to answer").format(seconds=seconds_until(until, now)),
    )


def whom_to_ask(site: Site | None) -> str:
    """Name the site's contact, or support in general."""
    return site.support.contact if site and site.support.contact else _("support")
