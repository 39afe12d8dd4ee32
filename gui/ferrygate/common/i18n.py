"""Sentences in the person's language (gettext domain ``ferrygate``)."""

from __future__ import annotations

import gettext
from functools import cache

from ferrygate.common.resources import resource_path

DOMAIN = "ferrygate"


@cache
def _translation() -> gettext.NullTranslations:
    """Found once: a look at the disk for each sentence would cost 30 us.

    A copy of the program that is not whole has at least its sentences, to say so.
    """
    try:
        folder = resource_path("translations")
    except FileNotFoundError:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, str(folder), fallback=True)


def _(message: str) -> str:
    """The sentence in the current language, or itself."""
    return _translation().gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form that fits ``count``."""
    return _translation().ngettext(singular, plural, count)
