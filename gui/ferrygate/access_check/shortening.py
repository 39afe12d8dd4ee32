"""Shortens the names of hosts and users in what is sent beyond the people who know them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from ferrygate.sites.site import Site

_KEPT = 2  # characters that a name keeps, by which those who know it tell it from others
_CUT = "…"
_MAIL = re.compile(r"([\w.+-]+)@([\w.-]+)")  # users with their hosts too, as logs have them
# Hosts with a port or of an address on the web: the log tells of other sites as well.
_HOST = re.compile(r"(?<=://)[\w.-]++(?!…)|(?<![\w.-])[\w-]+(?:\.[\w-]+)+(?=:\d{1,5}(?!\d))")
_IPV4 = r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\w)"
_IPV6 = r"(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?!\w)"
_ADDRESS = re.compile(f"{_IPV4}|{_IPV6}")


def shortener(site: Site | None) -> Callable[[str], str]:
    """Make a function that shortens a text.

    Shortened are the names of the site's server, its user and its Okta organisation, wherever they
    are whole words; both sides of an ``@``; hosts before a port or in an address on the web; and
    addresses of computers.
    """
    names = set[str]() if site is None else _names(site)
    longest_first = sorted(sorted(names), key=len, reverse=True)
    # None of the names: nothing fits a pattern that wants a character after the end.
    words = "|".join(map(re.escape, longest_first)) or r"\Z."
    known = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)

    def shortened(text: str) -> str:
        text = known.sub(lambda found: _short_name(found.group()), text)
        text = _MAIL.sub(_mail, text)
        text = _HOST.sub(lambda found: _short_name(found.group()), text)
        return _ADDRESS.sub(_address, text)

    return shortened


def _names(site: Site) -> set[str]:
    okta = urlsplit(site.sign_in.okta_address).hostname or ""
    user = site.username
    return {site.host, okta, user, user.partition("@")[0]} - {""}


def _short_name(name: str) -> str:
    """Shorten a name to its first two characters; of one that has no more, none is left."""
    return f"{name[:_KEPT]}{_CUT}" if len(name) > _KEPT else _CUT


def _mail(found: re.Match[str]) -> str:
    return f"{_short_name(found[1])}@{_short_name(found[2])}"


def _address(found: re.Match[str]) -> str:
    """Shorten what is an address; a time of day looks much like one."""
    text = found.group()
    rest = ":" if text.endswith(":") and not text.endswith("::") else ""  # of the sentence
    try:
        ipaddress.ip_address(text.removesuffix(rest))
    except ValueError:
        return text
    return _short_name(text) + rest
