"""Checks a secret that was typed or pasted, before it is sent."""

from __future__ import annotations

import msgspec

from ferrygate.app.presenters.problem_text import problem_text
from ferrygate.common.errors import UsageError
from ferrygate.common.i18n import render
from ferrygate.common.message import Message
from ferrygate.common.secret import Secret
from ferrygate.common.secret_text import given_secret, unseen_ends


class SecretNote(msgspec.Struct, frozen=True):
    """The words beside the field.

    Attributes:
        words: what is wrong with the text, or strange; empty where nothing is.
        can_remove: what nobody sees at its ends may be taken away.
    """

    words: str = ""
    can_remove: bool = False


class SecretCheck:
    """Looks at the texts of one field, and says of each once what nobody sees of it."""

    def __init__(self, source: Message) -> None:
        """Take what the secret is, to begin sentences with, such as "Your password"."""
        self._source = source
        self._named = Secret("")

    def look(self, text: str) -> SecretNote:
        """Check a text, and note which characters at its ends were named."""
        try:
            secret = given_secret(text, self._source)
        except UsageError as error:
            return SecretNote(problem_text(error.problem))
        words = unseen_ends(secret, self._source)
        if words is None:
            return SecretNote()
        self._named = secret
        return SecretNote(render(words), can_remove=True)

    def lets_pass(self, text: str) -> bool:
        """Tell whether a text may be sent: one line, of which nothing is still to be said."""
        named = self._named
        try:
            secret = given_secret(text, self._source)
        except UsageError:
            return False
        return secret == named or not unseen_ends(secret, self._source)

    def forget(self) -> None:
        """Forget the last text."""
        self._named = Secret("")
