"""The prompts of keyboard-interactive authentication (RFC 4256), as plain values."""

from __future__ import annotations

from collections.abc import Callable

import msgspec


class Prompt(msgspec.Struct, frozen=True):
    """One thing the server asks in keyboard-interactive authentication (RFC 4256 §3.2).

    Attributes:
        text: the server's words, as they came: hostile until cleaned.
        echo: whether the answer may be shown while it is typed.
    """

    text: str
    echo: bool


class PromptRound(msgspec.Struct, frozen=True):
    """The prompts of one INFO_REQUEST (RFC 4256 §3.2); there may be words and no prompt.

    Attributes:
        instruction: name and instruction above the prompts: hostile until cleaned.
        prompts: in the order in which they are to be answered.
    """

    instruction: str
    prompts: tuple[Prompt, ...]


Respond = Callable[[PromptRound], list[str]]
"""Answers one round of prompts, in their order; may take its time, and may raise."""
