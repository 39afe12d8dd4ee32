from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.common.errors import ConnectionFileError
from ferrygate.sites.connection_file import (
    format_connection_file,
    parse_connection_file,
    read_connection_file,
)
from ferrygate.sites.site import Policy, SignInSettings, Site, Support

PIN = "SHA256:" + "A" * 43
WHOLE = f"""\
format = 1
name = "Acme exports"
host = "sftp.example.org"
port = 2222
username = "vendor7"
host_key_fingerprints = ["{PIN}"]
start_folder = "/out"
late_part_seconds = 0

[sign_in]
steps = ["publickey", "password"]
join = "{{password}},{{code}}"
private_key = "~/.ssh/id_ed25519"
digits = 8
period = 60
algorithm = "SHA256"
okta_address = "https://example.okta.com"
prompts = {{ "Password:" = "code", "Kürzel \\"7\\"" = "ask" }}

[policy]
save_password = false
save_code_secret = false

[support]
contact = "help@example.org"
"""
SITE = Site(
    name="Acme exports",
    host="sftp.example.org",
    port=2222,
    username="vendor7",
    host_key_fingerprints=(PIN,),
    start_folder="/out",
    late_part_seconds=0,
    sign_in=SignInSettings(
        steps=("publickey", "password"),
        join="{password},{code}",
        private_key="~/.ssh/id_ed25519",
        digits=8,
        period=60,
        algorithm="SHA256",
        okta_address="https://example.okta.com",
        prompts=(("Password:", "code"), ('Kürzel "7"', "ask")),
    ),
    policy=Policy(save_password=False, save_code_secret=False),
    support=Support(contact="help@example.org"),
)
LEAST = 'format = 1\nname = "Acme"\nhost = "sftp.example.org"\n'


def refusal(text: str) -> str:
    with pytest.raises(ConnectionFileError) as caught:
        parse_connection_file(text, "acme.ferrygate")
    assert caught.value.problem.detail == ""
    return str(caught.value)


def test_every_key_is_read() -> None:
    assert parse_connection_file(WHOLE, "acme.ferrygate") == SITE


def test_every_key_is_written() -> None:
    assert format_connection_file(SITE) == WHOLE


def test_defaults_are_left_out() -> None:
    site = Site(name="Acme", host="sftp.example.org")
    assert format_connection_file(site) == LEAST
    assert parse_connection_file(LEAST, "x") == site


def test_lines_may_end_as_on_windows() -> None:
    text = LEAST.replace("\n", "\r\n")
    assert parse_connection_file(text, "x") == parse_connection_file(LEAST, "x")
    assert "line 4:" in refusal(text + 'prot = 22\r\nx = """\r\n"""\r\n')


def test_an_unknown_key_is_named_with_its_line() -> None:
    assert refusal(f"{LEAST}\n\n\nprot = 22\n") == (
        "“acme.ferrygate”, line 7: “prot” is not a key Ferrygate knows."
    )


def test_an_unknown_section_is_named_with_its_line() -> None:
    assert refusal(f"{LEAST}[sing_in]\nperiod = 30\n") == (
        "“acme.ferrygate”, line 4: “sing_in” is not a key Ferrygate knows."
    )


def test_a_key_in_a_section_is_named_whole() -> None:
    assert refusal(f"{LEAST}[sign_in]\nsteps = ['password']\nperoid = 30\n") == (
        "“acme.ferrygate”, line 6: “sign_in.peroid” is not a key Ferrygate knows."
    )


def test_what_is_no_toml_is_refused_with_its_line() -> None:
    assert refusal("format = 1\nname = Acme\n").startswith("“acme.ferrygate”, line 2: ")
    assert refusal("format = 1\nformat = 1").startswith("“acme.ferrygate”, line 2: ")
    assert "nested" in refusal("x = " + "[" * 20_000)


@pytest.mark.parametrize("key", ["format", "name", "host"])
def test_a_missing_key_is_named(key: str) -> None:
    text = "".join(line for line in LEAST.splitlines(keepends=True) if not line.startswith(key))
    assert f"“acme.ferrygate”, line 1: “{key}” is missing" in refusal(text)


@pytest.mark.parametrize("number", ["0", "2", '"1"', "true", "1.0"])
def test_another_format_is_refused(number: str) -> None:
    assert "line 1: “format” has to be 1" in refusal(f"format = {number}\n")


@pytest.mark.parametrize(
    "pair",
    [
        'name = ""',
        'name = " Acme"',
        'name = "A\\u202eB"',
        'name = "A\\nB"',
        "name = 7",
        f'name = "{"x" * 1001}"',
        'host = ""',
        'host = "a b"',
        'host = "ex\\u0430mple.org"',
        'host = "sftp.example.org:22"',
        'host = "sftp://example.org"',
        'host = "-x.example.org"',
        f'host = "{"a." * 130}a"',
        'host = "fe80::1%a,b"',
        'host = "12345::1"',
        "port = 0",
        "port = 65536",
        'port = "22"',
        "port = true",
        "port = 22.0",
        'username = "a\\u0000b"',
        'username = "\\u2066a"',
        f'host_key_fingerprints = "{PIN}"',
        'host_key_fingerprints = ["SHA256:short"]',
        f'host_key_fingerprints = ["{PIN}="]',
        'host_key_fingerprints = ["MD5:00:11"]',
        "host_key_fingerprints = [1]",
        'start_folder = "out"',
        "late_part_seconds = -1",
        "late_part_seconds = true",
        'start_folder = ""',
    ],
)
def test_a_value_that_cannot_be_is_refused_by_key_and_line(pair: str) -> None:
    key, value = pair.split(" = ", 1)
    others = [line for line in LEAST.splitlines() if not line.startswith(f"{key} ")]
    sentence = refusal("\n".join([*others, pair]))
    assert sentence.startswith(f"“acme.ferrygate”, line {len(others) + 1}: “{key}” ")
    assert len(value.strip('"')) < 4 or value.strip('"') not in sentence


@pytest.mark.parametrize(
    "pair",
    [
        "steps = []",
        'steps = "password"',
        'steps = ["hostbased"]',
        'steps = ["password", "password"]',
        'steps = ["password", "publickey"]',
        'join = "{code}"',
        'join = "{password}{pin}"',
        'private_key = "~/.ssh/id_ed25519"',
        "private_key = 1",
        "digits = 5",
        "digits = 9",
        "period = 0",
        "period = 86401",
        'algorithm = "sha1"',
        'algorithm = "MD5"',
        'prompts = "code"',
        'prompts = ["code"]',
        'prompts = { "Password:" = "secret" }',
        'prompts = { "Password:" = ["code"] }',
        'prompts = { "" = "code" }',
        'prompts = { " Password:" = "code" }',
        'prompts = { "a\\u202e" = "code" }',
        "prompts = { " + ", ".join(f"p{number} = 'ask'" for number in range(17)) + " }",
        'okta_address = ""',
        'okta_address = "example.okta.com"',
        'okta_address = "http://example.okta.com"',
        'okta_address = "https://"',
        'okta_address = "https://user@example.okta.com"',
        'okta_address = "https://example.okta.com/path"',
        'okta_address = "https://example.okta.com?x"',
        'okta_address = "https://example.okta.com:99999"',
        'okta_address = "https://[::1"',
        'okta_address = "ftp://example.okta.com"',
    ],
)
def test_a_sign_in_that_cannot_be_is_refused_by_key_and_line(pair: str) -> None:
    key = pair.split(" = ", 1)[0]
    sentence = refusal(f"{LEAST}[sign_in]\n{pair}\n")
    assert sentence.startswith(f"“acme.ferrygate”, line 5: “sign_in.{key}” ")


@pytest.mark.parametrize("pair", ["save_password = 1", 'save_code_secret = "yes"'])
def test_a_policy_is_true_or_false(pair: str) -> None:
    assert "has to be true or false" in refusal(f"{LEAST}[policy]\n{pair}\n")


def test_a_section_is_a_section() -> None:
    assert "line 4: “policy” has to be a section" in refusal(f"{LEAST}policy = 1\n")
    assert "line 4: “policy” has to be a section" in refusal(f"{LEAST}[[policy]]\n")


@pytest.mark.parametrize(
    "address",
    [
        "https://example.okta.com",
        "https://example.okta.com/",
        "https://Example.okta.com:8443",
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://[::1]:8080",
    ],
)
def test_an_okta_address_is_https_or_on_this_computer(address: str) -> None:
    site = parse_connection_file(f'{LEAST}[sign_in]\nokta_address = "{address}"\n', "x")
    assert site.sign_in.okta_address == address


@pytest.mark.parametrize("host", ["localhost", "192.0.2.1", "::1", "fe80::1%eth0", "a_b.example"])
def test_hosts_and_addresses(host: str) -> None:
    text = f'format = 1\nname = "x"\nhost = "{host}"\n'
    assert parse_connection_file(text, "x").host == host


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ('password = "hunter2"', "line 4: “password”"),
        ('[sign_in]\ntotp_secret = "hunter2"', "line 5: “sign_in.totp_secret”"),
        ('[sign_in]\npassphrase = "hunter2"', "line 5: “sign_in.passphrase”"),
        ('[support]\n"code" = "hunter2"', "line 5: “support.code”"),
        ('[secrets]\nx = "hunter2"', "line 4: “secrets”"),
        ('[support.x]\ny = [{ PIN-code = "hunter2" }]', "line 5: “support.x.y.PIN-code”"),
        ('[support]\ncontact = "otpauth://totp/x?secret=hunter2"', "line 5: “support.contact”"),
        ('username = "OTPAUTH\\u003a//totp/hunter2"', "line 4: “username”"),
        ('x = ["otpauth://totp/hunter2"]', "line 4: “x”"),
        ('"otpauth://totp/hunter2" = 1', "line 4: “...”"),
        ('"otpauth\\u003a//totp/hunter2" = 1', "line 4: “...”"),
        ("# otpauth://totp/hunter2", "line 4: a secret"),
        ("x = '-----BEGIN OPENSSH PRIVATE KEY-----hunter2'", "line 4: “x”"),
    ],
)
def test_a_secret_is_refused_without_quoting_it(lines: str, place: str) -> None:
    sentence = refusal(f"{LEAST}{lines}\n")
    assert sentence.startswith(f"“acme.ferrygate”, {place}")
    assert "hunter2" not in sentence


def test_a_long_or_hostile_key_is_shown_safely() -> None:
    assert "“" + "k" * 40 + "...”" in refusal(f"{LEAST}{'k' * 500} = 1\n")
    assert "“a\\u202eb” is not" in refusal(f'{LEAST}"a\\u202eb" = 1\n')


def test_a_misplaced_flag_is_an_unknown_key_not_a_secret() -> None:
    assert "not a key Ferrygate knows" in refusal(f"{LEAST}save_password = true\n")


@pytest.mark.parametrize(
    ("text", "step"),
    [
        (f"{LEAST}prot = 22\n", "Did you mean “port”?"),
        (f"{LEAST}[sign_in]\nperoid = 30\n", "Did you mean “period”?"),
        (f"{LEAST}colour = 'red'\n", "Ask whoever sent it for a new one."),
        (f'{LEAST}username = "vendor\n', "Ask whoever sent it for a new one."),
        ("<html>", "Ask whoever sent it for a new one."),
    ],
)
def test_what_to_do_about_a_broken_file(text: str, step: str) -> None:
    with pytest.raises(ConnectionFileError) as caught:
        parse_connection_file(text, "acme.ferrygate")
    assert str(caught.value.problem.next_step) == step


def test_a_web_page_is_called_one() -> None:
    sentence = "“acme.ferrygate” is a web page, not a connection file."
    assert refusal("\n<!DOCTYPE html><p>Sign in") == sentence


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFileError, match="cannot be read"):
        read_connection_file(tmp_path)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "acme.ferrygate"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    assert read_connection_file(path) == SITE


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "acme.ferrygate"
    path.write_bytes(LEAST.encode() + b'username = "\xff"')
    with pytest.raises(ConnectionFileError, match=r"“acme\.ferrygate”, line 4: this is not text"):
        read_connection_file(path)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "acme.ferrygate"
    path.write_bytes(LEAST.encode() + b"#" * 65536)
    with pytest.raises(ConnectionFileError, match=r"“acme\.ferrygate” is too large"):
        read_connection_file(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        ConnectionFileError, match=r"There is no file “.*acme\.ferrygate”"
    ) as caught:
        read_connection_file(tmp_path / "acme.ferrygate")
    assert "No such file" in caught.value.problem.detail
