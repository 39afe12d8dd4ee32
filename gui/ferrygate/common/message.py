"""Holds sentences for people as data: an English template and its parameters.

Everything below the window and the command line speaks in messages and translates nothing, so that
a journal, a receipt or a log reads the same whatever the language of the one who wrote it.
:func:`ferrygate.common.i18n.render` puts a message into the language of the person who reads it.

``xgettext`` finds the templates by the names :func:`message` and :func:`plural_message`.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from ferrygate.common.display import display_text, text_of_name
from ferrygate.common.quantities import (
    ENGLISH,
    Translation,
    difference,
    duration,
    listed,
    number,
    size,
    time_of_day,
)


class Size(msgspec.Struct, frozen=True, tag="size", gc=False):
    """Holds a number of bytes, shown such as ``18.4 MB``."""

    bytes: int


class Duration(msgspec.Struct, frozen=True, tag="duration", gc=False):
    """Holds a time to wait in seconds, rounded up; shown such as ``8 s`` or ``1 h 5 min``."""

    seconds: float


class Difference(msgspec.Struct, frozen=True, tag="difference", gc=False):
    """Holds the difference of two times in seconds; shown such as ``2 min 30 s``."""

    seconds: float


class Moment(msgspec.Struct, frozen=True, tag="moment", gc=False):
    """Holds a time in seconds since the epoch; shown as a time of day, such as ``09:12``."""

    seconds: float


class Message(msgspec.Struct, frozen=True, tag="message", gc=False):
    """Holds one or more whole sentences, or a phrase.

    Attributes:
        template: English, with a ``{name}`` for each parameter; gettext's msgid.
        parameters: what is put in, as it came: it is cleaned for display where it is rendered.
        plural: the template for other counts than one (msgid_plural); empty where there is no
            ``count``.
    """

    template: str
    parameters: dict[str, Parameter] = msgspec.field(default_factory=dict)
    plural: str = ""

    def filled(self, **parameters: Parameter | bytes) -> Message:
        """Return the message with these parameters as well."""
        values = {name: _value(given) for name, given in parameters.items()}
        return Message(self.template, {**self.parameters, **values}, self.plural)

    def __str__(self) -> str:
        """Give the English text, whatever the person's language."""
        return fill(self, ENGLISH)


Text: TypeAlias = str | Message
Parameter: TypeAlias = Text | int | Size | Duration | Difference | Moment | tuple[Text, ...]


def message(template: str, /, **parameters: Parameter | bytes) -> Message:
    """Make a message.

    Args:
        template: English; a constant, so that the translators' tools find it.
        parameters: for its gaps, uncleaned. A remote name may come as its bytes; several texts read
            as ``a, b and c``.
    """
    return Message(template, {name: _value(given) for name, given in parameters.items()})


def plural_message(
    singular: str, plural: str, /, count: int, **parameters: Parameter | bytes
) -> Message:
    """Make a message whose words depend on a number, which is the parameter ``count`` too."""
    made = message(singular, count=count, **parameters)
    return Message(made.template, made.parameters, plural)


def sentences(first: Message, *others: Message | None) -> Message:
    """Put messages one after the other, but for those that are ``None``."""
    for other in others:
        if other is not None:
            first = message("{first} {second}", first=first, second=other)
    return first


def fill(text: Message, translation: Translation) -> str:
    """Make a message a text in the translation's language, its parameters cleaned for display."""
    shown = {name: _shown(value, translation) for name, value in text.parameters.items()}
    if text.plural:
        count = text.parameters["count"]
        assert isinstance(count, int)  # noqa: S101  plural_message sees to it
        template = translation.ngettext(text.template, text.plural, count)
        shown["count"] = number(count)
    else:
        template = translation.gettext(text.template)
    return template.format(**shown) if shown else template


def _value(given: Parameter | bytes) -> Parameter:
    return text_of_name(given) if isinstance(given, bytes) else given


def _shown(value: Parameter, translation: Translation) -> str | int:
    if isinstance(value, int):
        return value
    match value:
        case str():
            text = display_text(value)
        case Size():
            text = size(value.bytes, translation)
        case Duration():
            text = duration(value.seconds, translation)
        case Difference():
            text = difference(value.seconds, translation)
        case Moment():
            text = time_of_day(value.seconds)
        case Message():
            text = fill(value, translation)
        case _:
            text = listed([str(_shown(part, translation)) for part in value], translation)
    return text
