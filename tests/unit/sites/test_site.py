"""One account under many spellings is one account; two accounts are two."""

from __future__ import annotations

import pytest

from ferrygate.common.secret import SecretKind
from ferrygate.sites.address import canonical_host, canonical_okta
from ferrygate.sites.site import SignInSettings, Site


def site(
    host: str = "sftp.example.org", user: str = "vendor7", okta: str = "", port: int = 22
) -> Site:
    return Site(
        name="s", host=host, port=port, username=user, sign_in=SignInSettings(okta_address=okta)
    )


@pytest.mark.parametrize(
    ("spelt", "canonical"),
    [
        ("SFTP.Example.ORG", "sftp.example.org"),
        ("sftp.example.org.", "sftp.example.org"),
        (" sftp.example.org ", "sftp.example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("bücher。example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("a" * 70 + "ü", "a" * 70 + "ü"),
        ("", ""),
    ],
)
def test_a_host_has_one_spelling(spelt: str, canonical: str) -> None:
    assert canonical_host(spelt) == canonical


@pytest.mark.parametrize(
    "spelt",
    [
        "https://example.okta.com",
        "https://example.okta.com/",
        "https://example.okta.com//",
        "https://EXAMPLE.okta.com",
        "HTTPS://example.okta.com",
        "https://example.okta.com:443",
        "https://example.okta.com:443/",
        "https://example.okta.com.",
        "https://example.okta.com/login?x=1",
    ],
)
def test_an_okta_address_has_one_spelling(spelt: str) -> None:
    assert canonical_okta(spelt) == "https://example.okta.com"
    assert site(okta=spelt).account == "https://example.okta.com vendor7"


def test_another_okta_address_is_another_account() -> None:
    names = {
        canonical_okta(f"https://{rest}") for rest in ("a.okta.com", "b.okta.com", "a.okta.com:8")
    }
    assert len(names) == 3
    assert canonical_okta("https://x:y") == "https://x:y"


@pytest.mark.parametrize("user", ["exports", "Exports", "exports@vendor.org", "EXPORTS@other.org"])
def test_okta_s_users_are_compared_without_what_follows_the_first_at(user: str) -> None:
    assert site(user=user, okta="https://x.okta.com").account == "https://x.okta.com exports"


def test_elsewhere_users_are_compared_whole_and_in_small_letters() -> None:
    assert site(user="Jo@A.org").account == "sftp.example.org:22 jo@a.org"
    assert site(user="jo@b.org").account != site(user="jo@a.org").account
    assert site(user="j\u006f\u0308").account == site(user="j\u00f6").account


def test_a_port_of_its_own_is_another_server() -> None:
    assert site().account != site(port=2222).account
    assert (site().place, site(port=2222).place) == ("sftp.example.org", "sftp.example.org:2222")


def test_at_a_key_an_account_has_the_names_by_which_other_sites_may_know_it() -> None:
    with_okta = site(user="Exports@Vendor.org", okta="https://x.okta.com")
    assert with_okta.accounts_at("SHA256:k") == ("SHA256:k exports", "SHA256:k exports@vendor.org")
    assert site(user="exports", okta="https://x.okta.com").accounts_at("SHA256:k") == (
        "SHA256:k exports",
    )
    assert site("10.0.0.1", "Exports").accounts_at("SHA256:k") == ("SHA256:k exports",)
    assert site("10.0.0.1", "jo@a.org").accounts_at("SHA256:k") == ("SHA256:k jo@a.org",)


@pytest.mark.parametrize(
    ("steps", "used"),
    [
        (("password",), {SecretKind.PASSWORD, SecretKind.CODE_SECRET}),
        (("keyboard-interactive",), {SecretKind.PASSWORD, SecretKind.CODE_SECRET}),
        (("publickey",), {SecretKind.PASSPHRASE}),
        (("publickey", "password"), set(SecretKind)),
    ],
)
def test_the_steps_name_the_secrets_they_use(steps: tuple[str, ...], used: set[SecretKind]) -> None:
    asked = Site(name="s", host="h", sign_in=SignInSettings(steps=steps))
    assert asked.secrets_used == used
    assert asked.sends_password is (SecretKind.PASSWORD in used)
