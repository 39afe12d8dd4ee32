from __future__ import annotations

import pytest

from ferrygate.common.errors import UsageError
from ferrygate.sites.connection_file import format_connection_file, parse_connection_file
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.sites.without_code import (
    may_do_without_code,
    may_need_code,
    says_no_code,
    surely_needs_code,
    with_code,
    without_code,
)

SITE = Site(name="Acme", host="sftp.example.org")
OKTA = Site(name="Acme", host="h", sign_in=SignInSettings(okta_address="https://acme.okta.example"))


def test_a_site_without_a_code_sends_the_password_alone_and_is_kept_so() -> None:
    site = without_code(SITE)
    assert site.sign_in.join == "{password}"
    assert parse_connection_file(format_connection_file(site), "a file") == site


def test_that_can_be_undone() -> None:
    assert with_code(without_code(SITE)) == SITE


def test_another_way_to_join_a_code_is_left_alone() -> None:
    site = Site(name="Acme", host="h", sign_in=SignInSettings(join="{code}{password}"))
    assert with_code(site) == site


def test_a_site_of_okta_never_does_without() -> None:
    assert not may_do_without_code(OKTA)
    with pytest.raises(UsageError, match="wants a code"):
        without_code(OKTA)


def test_a_file_that_says_so_itself_is_read() -> None:
    text = (
        'format = 1\nname = "Acme"\nhost = "h"\n[sign_in]\njoin = "{password}"\n'
        'okta_address = "https://acme.okta.example"\n'
    )
    assert parse_connection_file(text, "a file").sign_in.join == "{password}"


@pytest.mark.parametrize(
    ("steps", "surely", "perhaps"),
    [
        (("password",), True, True),
        (("publickey", "password"), True, True),
        (("keyboard-interactive",), False, True),
        (("publickey", "keyboard-interactive"), False, True),
        (("publickey",), False, False),
    ],
)
def test_the_steps_tell_whether_a_code_is_needed(
    steps: tuple[str, ...], *, surely: bool, perhaps: bool
) -> None:
    site = Site(name="Acme", host="h", sign_in=SignInSettings(steps=steps))
    assert (surely_needs_code(site), may_need_code(site)) == (surely, perhaps)
    none = Site(name="Acme", host="h", sign_in=SignInSettings(steps=steps, join="{password}"))
    assert (surely_needs_code(none), may_need_code(none)) == (False, False)


def test_that_no_code_is_wanted_can_be_said_where_a_password_is_joined_with_one() -> None:
    assert says_no_code(without_code(SITE))
    assert not says_no_code(SITE)
    prompts = SignInSettings(steps=("keyboard-interactive",), join="{password}")
    assert not says_no_code(Site(name="Acme", host="h", sign_in=prompts))
