"""Warns of what a site leaves out that people who are handed its connection file will miss."""

from __future__ import annotations

from ferrygate.cli.terminal import Terminal
from ferrygate.common.errors import ConnectionFileError, Kind, Problem
from ferrygate.common.message import Message, message
from ferrygate.sites.left_out import LeftOut, left_out
from ferrygate.sites.site import Site


def check_strictly(terminal: Terminal, site: Site) -> None:
    """Warn of each thing that is missing.

    Raises:
        ConnectionFileError: something is.
    """
    missing = list(left_out(site))
    for one in missing:
        sentence, next_step = _words(one, site)
        terminal.warn(
            one.value,
            Problem(kind=Kind.CONNECTION_FILE, sentence=sentence, next_step=next_step),
        )
    if missing:
        raise ConnectionFileError(
            message("“{name}” can be used, but not handed out like this.", name=site.name)
        )


def _words(missing: LeftOut, site: Site) -> tuple[Message, Message]:
    match missing:
        case LeftOut.PIN:
            return (
                message("No host key is pinned, so people cannot tell the server from another."),
                message("“ferrygate sites fingerprint {place}” prints the line.", place=site.place),
            )
        case LeftOut.CONTACT:
            return (
                message("No contact is named, so people do not know whom to ask."),
                message("Name one as “contact” under [support]."),
            )
        case LeftOut.OKTA_ADDRESS:
            return (
                message(
                    "No Okta address is named, so a refused sign-in and a wrong clock cannot be"
                    " explained."
                ),
                message("Name it as “okta_address” under [sign_in], where the server asks Okta."),
            )
