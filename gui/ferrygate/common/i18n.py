"""Sentences in the person's language (gettext domain ``ferrygate``); for window and command line.

Nothing below them translates: see :mod:`ferrygate.common.message`.
"""

from __future__ import annotations

import gettext
from functools import cache

from ferrygate.common.message import Message, fill
from ferrygate.common.resources import resource_path

DOMAIN = "ferrygate"


@cache
def translation() -> gettext.NullTranslations:
    """Find the person's language, once: a look at the disk for each sentence would cost 30 us.

    A copy of the program that is not whole has at least its sentences, to say so.
    """
    try:
        folder = resource_path("translations")
    except FileNotFoundError:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, str(folder), fallback=True)


def render(text: Message) -> str:
    """Make a message a text in the person's language, fit for display."""
    return fill(text, translation())


def _(message: str) -> str:
    """Translate a sentence of the window or the command line itself."""
    return translation().gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate the form that fits ``count``."""
    return translation().ngettext(singular, plural, count)
