"""Names of hosts and users, shortened on request in what is sent."""

from __future__ import annotations

import pytest

from ferrygate.access_check.shortening import shortener
from ferrygate.sites.site import SignInSettings, Site

SITE = Site(
    name="Acme",
    host="sftp.example.org",
    username="vendor7@acme.example",
    sign_in=SignInSettings(okta_address="https://acme.okta.example:8443"),
)


@pytest.mark.parametrize(
    ("text", "shortened"),
    [
        ("sftp.example.org is there", "sf… is there"),
        ("SFTP.Example.ORG:22", "SF…:22"),
        ("vendor7 was refused", "ve… was refused"),
        ("vendor7@acme.example was", "ve… was"),
        ("vendor7@sftp.example.org:22", "ve…@sf…:22"),
        ("https://acme.okta.example:8443", "https://ac…:8443"),
        ("help@example.com", "he…@ex…"),
        ("203.0.113.9 port 22 (31 ms)", "20… port 22 (31 ms)"),
        ("127.0.0.1:2222", "12…:2222"),
        ("[2001:db8::1]:22", "[20…]:22"),
        ("2001:db8::1: closed", "20…: closed"),
        ("::1", "::…"),
        ("another.example.net:2222: name not resolved", "an…:2222: name not resolved"),
        ("https://other.okta.example/api", "https://ot…/api"),
    ],
)
def test_names_and_addresses_keep_their_beginning(text: str, shortened: str) -> None:
    assert shortener(SITE)(text) == shortened


@pytest.mark.parametrize(
    "text",
    [
        "vendor77 is another user",
        "sftp.example.organic",
        "2026-11-30T17:02:04.123Z INFO",
        "at 10:20:30: sent",
        "INFO ferrygate.engine: check: dns passed",
        "report.2026.csv: 12 bytes",
        "Linux 6.1.0-13-amd64 x86_64",
        "SHA256:0123456789012345678901234567890123456789012",
        "version 3, object store",
    ],
)
def test_other_words_stay_as_they_are(text: str) -> None:
    assert shortener(SITE)(text) == text


def test_a_site_without_a_user_and_okta_shortens_its_host() -> None:
    shorten = shortener(Site(name="Acme", host="h1"))
    assert shorten("h1 and h2") == "… and h2"
