"""Knows which servers want a code, and which want the password alone."""

from __future__ import annotations

import msgspec

from ferrygate.codes.join import needs_code
from ferrygate.common.errors import UsageError
from ferrygate.common.message import message
from ferrygate.sites.site import SignInSettings, Site


def surely_needs_code(site: Site) -> bool:
    """Tell whether a code is part of the password step; prompts may ask for one beside that."""
    return site.sign_in.has_password_step and needs_code(site.sign_in.join)


def may_need_code(site: Site) -> bool:
    """Tell whether a code may be asked for; where prompts ask, the server alone knows."""
    return site.sends_password and needs_code(site.sign_in.join)


def may_do_without_code(site: Site) -> bool:
    """Tell whether a person may say of a site that it wants no code: not if it is Okta's.

    The author of a connection file may say so for any site: the file is read as it is.
    """
    return not site.sign_in.okta_address


def says_no_code(site: Site) -> bool:
    """Tell whether a person has said of a site that it wants no code, and may take that back."""
    joins_none = site.sign_in.has_password_step and not needs_code(site.sign_in.join)
    return joins_none and may_do_without_code(site)


def without_code(site: Site, join: str = "{password}") -> Site:
    """Return a site as one whose server wants the password, perhaps with something beside it.

    Raises:
        UsageError: it names an Okta address, so that a code is what it is about.
    """
    if not may_do_without_code(site):
        raise UsageError(
            message("“{site}” signs in with Okta, which wants a code.", site=site.name),
            next_step=message("Set up your code, or type the one that your phone shows."),
        )
    return with_join(site, join)


def with_code(site: Site) -> Site:
    """Undo :func:`without_code`: password and code are joined as usual."""
    return site if needs_code(site.sign_in.join) else with_join(site, SignInSettings().join)


def with_join(site: Site, join: str) -> Site:
    """Return a site with another way to join password and code."""
    return msgspec.structs.replace(site, sign_in=msgspec.structs.replace(site.sign_in, join=join))
