"""The lock-out breaker's rule: how many refusals in a row stop the next attempt to sign in."""

from __future__ import annotations

from enum import Enum

ASK_FROM = 2
"""Refusals in a row from which only a person's word lets an attempt through."""

SHUT_FROM = 4
"""Refusals in a row from which only a reset lets one through; Okta locks at five."""


class Gate(Enum):
    """Names the breaker's answers to an attempt that asks whether it may be made."""

    OPEN = "open"  # yes, with the lease
    BUSY = "busy"  # not while another attempt is under way
    ASK = "ask"  # only with a person's word
    SHUT = "shut"  # not even with that


def gate_for(refusals: int, *, try_anyway: bool) -> Gate:
    """Apply the rule to a number of refusals in a row; ``try_anyway`` is a person's word."""
    if refusals >= SHUT_FROM:
        return Gate.SHUT
    if refusals >= ASK_FROM and not try_anyway:
        return Gate.ASK
    return Gate.OPEN
