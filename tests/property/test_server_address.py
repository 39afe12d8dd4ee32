"""An address that was written by the rules is read as what it was written of."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from ferrygate.common.display import is_unsafe
from ferrygate.common.errors import UsageError
from ferrygate.sites.server_address import read_server_address

WORDS = st.text(max_size=12).filter(
    lambda text: not any(map(is_unsafe, text)) and text.isprintable()
)
HOSTS = st.sampled_from(["sftp.example.org", "h", "192.0.2.7", "[::1]", "[fe80::1]"])


@given(
    WORDS, st.one_of(st.none(), WORDS), HOSTS, st.integers(1, 65535), st.lists(WORDS, max_size=3)
)
def test_every_part_comes_back(
    user: str, password: str | None, host: str, port: int, folders: list[str]
) -> None:
    secret = "" if password is None else f":{quote(password, safe='')}"
    path = "".join(f"/{quote(part, safe='')}" for part in folders)
    at = read_server_address(f"sftp://{quote(user, safe='')}{secret}@{host}:{port}{path}")
    assert (at.host, at.port, at.username) == (host.strip("[]"), port, user)
    assert at.dropped_password is bool(password)
    assert at.start_folder.startswith("/")
    assert ".." not in at.start_folder.split("/")


@given(st.text(max_size=40))
def test_anything_is_an_address_or_a_sentence(text: str) -> None:
    with suppress(UsageError):
        at = read_server_address(text)
        assert at.site.host == at.host
