"""Names what a site leaves out that people who are handed its connection file will miss."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from ferrygate.sites.site import Site
from ferrygate.sites.without_code import may_need_code


class LeftOut(Enum):
    """Names a key of a connection file; programs choose by it, so a value once given stays."""

    PIN = "no-host-key-fingerprint"
    CONTACT = "no-contact"
    OKTA_ADDRESS = "no-okta-address"


def left_out(site: Site) -> Iterator[LeftOut]:
    """Yield what is missing: a pin, a contact, and where a code may be sent, an Okta address."""
    if not site.host_key_fingerprints:
        yield LeftOut.PIN
    if not site.support.contact:
        yield LeftOut.CONTACT
    if may_need_code(site) and not site.sign_in.okta_address:
        yield LeftOut.OKTA_ADDRESS
