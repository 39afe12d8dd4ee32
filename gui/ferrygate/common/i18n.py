"""Sentences in the person's language (gettext domain ``ferrygate``)."""

from __future__ import annotations

import gettext

DOMAIN = "ferrygate"


def _(message: str) -> str:
    """The sentence in the current language, or itself."""
    return gettext.dgettext(DOMAIN, message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form that fits ``count``."""
    return gettext.dngettext(DOMAIN, singular, plural, count)
