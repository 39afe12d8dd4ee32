from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from ferrygate.codes.totp import ALGORITHMS
from ferrygate.common.display import is_unsafe
from ferrygate.common.errors import ConnectionFileError
from ferrygate.sites.connection_file import format_connection_file, parse_connection_file
from ferrygate.sites.fields import STEPS
from ferrygate.sites.site import Policy, SignInSettings, Site, Support


def _visible(text: str) -> str:
    return "".join(character for character in text if not is_unsafe(character))


texts = st.text(max_size=50).map(_visible).filter(lambda text: "otpauth" not in text.lower())
names = texts.map(str.strip).filter(bool)
hosts = st.one_of(
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z]{1,9}){0,3}", fullmatch=True),
    st.ip_addresses().map(str),
)
step_lists = st.sets(st.sampled_from(STEPS), min_size=1).map(
    lambda chosen: tuple(step for step in STEPS if step in chosen)
)
sign_ins = step_lists.flatmap(
    lambda steps: st.builds(
        SignInSettings,
        steps=st.just(steps),
        join=texts.filter(lambda text: "{" not in text and "}" not in text).map(
            lambda text: f"{{password}}{text}{{code}}"
        ),
        private_key=texts if "publickey" in steps else st.just(""),
        digits=st.integers(6, 8),
        period=st.integers(1, 86400),
        algorithm=st.sampled_from(ALGORITHMS),
        okta_address=st.sampled_from(["", "https://example.okta.com", "http://127.0.0.1:1"]),
    )
)
sites = st.builds(
    Site,
    name=names,
    host=hosts,
    port=st.integers(1, 65535),
    username=texts,
    host_key_fingerprints=st.lists(
        st.from_regex(r"SHA256:[A-Za-z0-9+/]{43}", fullmatch=True), max_size=3
    ).map(tuple),
    start_folder=texts.map(lambda text: f"/{text}"),
    sign_in=sign_ins,
    policy=st.builds(Policy, save_password=st.booleans(), save_code_secret=st.booleans()),
    support=st.builds(Support, contact=texts),
)


@given(sites)
def test_every_site_survives_its_file(site: Site) -> None:
    assert parse_connection_file(format_connection_file(site), "x") == site


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ConnectionFileError):
        parse_connection_file(text, "x")
    with contextlib.suppress(ConnectionFileError):
        parse_connection_file(f'format = 1\nname = "x"\nhost = "x"\n{text}', "x")


@given(sites, st.integers(0, 400), st.text(alphabet="\"'[]{}=.,#\n\\ax1 ", max_size=6))
def test_a_damaged_file_is_read_or_refused(site: Site, at: int, damage: str) -> None:
    text = format_connection_file(site)
    with contextlib.suppress(ConnectionFileError):
        parse_connection_file(text[:at] + damage + text[at:], "x")
