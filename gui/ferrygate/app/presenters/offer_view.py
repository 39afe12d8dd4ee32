"""Describes a connection file, for a person to agree to before anything is sent."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from ferrygate.common.i18n import _
from ferrygate.sites.site import DEFAULT_PORT, Site


class OfferView(msgspec.Struct, frozen=True, kw_only=True):
    """A connection file on the table.

    Attributes:
        name: what it calls its site.
        facts: captions and values, in the order people ask for them.
        warnings: what speaks against it, in sentences.
    """

    name: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()


def offer_view(site: Site, saved: tuple[Site, ...], known: tuple[str, ...]) -> OfferView:
    """Put the offer in words.

    Args:
        site: from the connection file.
        saved: the person's own sites.
        known: fingerprints on record for the site's server.
    """
    address = site.host if site.port == DEFAULT_PORT else f"{site.host}:{site.port}"
    okta = urlsplit(site.sign_in.okta_address).netloc
    facts = (
        (_("Server"), address),
        (_("User name"), site.username or _("You fill it in")),
        (_("Codes checked by"), okta),
        (_("Contact"), site.support.contact),
    )
    return OfferView(
        name=site.name,
        facts=tuple((caption, value) for caption, value in facts if value),
        warnings=tuple(_warnings(site, saved, known)),
    )


def _warnings(site: Site, saved: tuple[Site, ...], known: tuple[str, ...]) -> list[str]:
    warnings = []
    for other in saved:
        if other.name == site.name and _identity(other) != _identity(site):
            warnings.append(
                _(
                    "You already have a site of this name, for {user} on {host}."
                    " It stays as it is, and this one is not kept."
                ).format(user=other.username or _("any user"), host=other.host)
            )
        elif other.name == site.name:
            warnings.append(
                _("You already have this site with other settings. They stay as they are.")
            )
    pins = site.host_key_fingerprints
    if known and pins and not set(known) & set(pins):
        warnings.append(
            _(
                "The file names another key for {host} than the one this computer knows. Ask your"
                " own contact before you use it, not the one in the file."
            ).format(host=site.host)
        )
    return warnings


def _identity(site: Site) -> tuple[str, int, str]:
    return site.host.lower(), site.port, site.username.lower()
