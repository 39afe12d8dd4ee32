"""A key that known_hosts marks as revoked, or may have, gets nothing that is secret."""

from __future__ import annotations

import base64

import msgspec
import pytest

from ferrygate.common.errors import HostKeyChangedError, SettingsError
from support.attempt_rig import KEY, SITE, AttemptRig


@pytest.mark.parametrize("way", ["pinned", "on record", "asked"])
def test_a_revoked_key_gets_nothing(case: AttemptRig, way: str) -> None:
    if way == "on record":
        case.known_hosts.add(SITE.host, SITE.port, KEY)
    blob = base64.b64encode(KEY.blob).decode()
    with case.known_hosts_file.open("a") as file:
        file.write(f"@revoked * {KEY.key_type} {blob}\n")
    site = msgspec.structs.replace(SITE, host_key_fingerprints=()) if way == "asked" else SITE
    with pytest.raises(HostKeyChangedError, match=r"has been revoked\. Nothing was sent"):
        case.sign_in(site)
    assert case.server.sent == []
    assert case.server.closed
    assert KEY not in case.watcher.told


def test_a_damaged_revocation_is_said_before_anything_is_sent(case: AttemptRig) -> None:
    with case.known_hosts_file.open("a") as file:
        file.write(f"@revoked * {KEY.key_type} AAAA\n")
    with pytest.raises(SettingsError, match="damaged"):
        case.sign_in(SITE)
    assert case.server.sent == []
    assert case.server.closed
