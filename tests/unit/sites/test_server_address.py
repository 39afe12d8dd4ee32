from __future__ import annotations

import pytest

from ferrygate.common.errors import UsageError
from ferrygate.sites.server_address import ServerAddress, is_address, read_server_address
from ferrygate.sites.site import Site


def at(host: str, **rest: object) -> ServerAddress:
    return ServerAddress(host=host, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("sftp.example.org", at("sftp.example.org")),
        (" sftp.example.org\n", at("sftp.example.org")),
        ("sftp.example.org:2222", at("sftp.example.org", port=2222)),
        ("sftp.example.org:", at("sftp.example.org")),
        ("vendor7@sftp.example.org", at("sftp.example.org", username="vendor7")),
        ("v@acme.example@host:2222", at("host", port=2222, username="v@acme.example")),
        ("host/inbox/", at("host", start_folder="/inbox")),
        ("v7@host:22/in box/", at("host", username="v7", start_folder="/in box")),
        ("100%@host/50%", at("host", username="100%", start_folder="/50%")),
        ("192.0.2.7:22", at("192.0.2.7")),
        ("::1", at("::1")),
        ("[::1]", at("::1")),
        ("[::1]:2222", at("::1", port=2222)),
        ("v7@[fe80::1%eth0]:22/a", at("fe80::1%eth0", username="v7", start_folder="/a")),
        ("sftp://host", at("host")),
        ("SFTP://host/", at("host")),
        ("ssh://v7@host:2222", at("host", port=2222, username="v7")),
        ("sftp://v7@host:2222/inbox", at("host", port=2222, username="v7", start_folder="/inbox")),
        ("sftp://host//inbox/../out/", at("host", start_folder="/out")),
        ("sftp://v%40acme@host/in%20box", at("host", username="v@acme", start_folder="/in box")),
        ("sftp://[fe80::1%25eth0]/", at("fe80::1%eth0")),
        ("sftp://v7;fingerprint=ssh-rsa-aa@host", at("host", username="v7")),
    ],
)
def test_an_address_is_read_as_people_write_it(typed: str, read: ServerAddress) -> None:
    assert read_server_address(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "v7:hunter2@host",
        "sftp://v7:hunter2@host",
        "sftp://v7:h%40@x:y@host",
        "sftp://v7;fingerprint=x:hunter2@host",
    ],
)
def test_a_password_is_dropped_and_that_is_told(typed: str) -> None:
    read = read_server_address(typed)
    assert read.dropped_password
    assert "hunter2" not in repr(read)
    assert (read.host, read.port) == ("host", 22)


def test_no_password_is_none_that_was_dropped() -> None:
    assert not read_server_address("sftp://v7:@host").dropped_password


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "not a server address"),
        ("sftp://", "not a server address"),
        ("@host@", "not a server address"),
        ("two words", "not a server address"),
        ("-oProxyCommand=x", "not a server address"),
        ("[::1", "not a server address"),
        ("[host]", "not a server address"),
        ("[::1]22", "not a server address"),
        ("1:2:3", "not a server address"),
        ("a..b", "not a server address"),
        ("bücher.example", "plain letters"),
        ("sftp://b%C3%BCcher.example", "plain letters"),
        ("host:0", "port in this address has to be a whole number from 1 to 65535"),
        ("host:65536", "port in this address"),
        ("host:inbox", "port in this address"),
        ("host:\u0661\u0662", "port in this address"),
        ("ftp://host", "“ftp://” is not for SFTP"),
        ("HTTPS://host", "“https://” is not for SFTP"),
        ("scp://host", "“scp://” is not for SFTP"),
        ("sftp://host/%ff", "not UTF-8"),
        ("sftp://host/a%00b", "folder in this address holds an invisible character"),
        ("sftp://v%0a7@host", "user name in this address holds an invisible character"),
        ("v\u202e7@host", "user name in this address holds an invisible character"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(typed: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_server_address(typed)


@pytest.mark.parametrize(
    "typed", ["sftp://v7:hun/ter2@host", "v7:hunter2@ho st", "ftp://v:hunter2@h"]
)
def test_an_error_quotes_no_password(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_server_address(typed)
    problem = caught.value.problem
    assert "hun" not in f"{problem}{problem.sentence}{problem.next_step}{problem.detail}"


def test_only_what_has_a_scheme_can_be_nothing_else() -> None:
    assert is_address("sftp://host/inbox")
    assert is_address("ftp://host")
    assert not is_address("host:22")
    assert not is_address("./acme.ferrygate")


def test_a_site_is_called_as_its_server_is() -> None:
    address = read_server_address("sftp://v7@host:2222/inbox")
    assert address.site == Site(
        name="host", host="host", port=2222, username="v7", start_folder="/inbox"
    )
