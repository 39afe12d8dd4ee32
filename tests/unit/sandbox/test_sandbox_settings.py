"""Only what a closed list names can be set up on a sandbox."""

from __future__ import annotations

from pathlib import Path

import asyncssh
import pytest

from ferrygate.sandbox.operation_table import ROWS, Case, Known, refused
from ferrygate.sandbox.settings import (
    DESCRIPTIONS,
    HostKeyType,
    Partial,
    SandboxSettingError,
    SetStat,
    Settings,
    SignInMethods,
    describe,
    read_settings,
)
from ferrygate.sandbox.store import Status


def test_every_setting_is_described() -> None:
    assert list(DESCRIPTIONS) == list(Settings.__struct_fields__)
    assert [name for name, _, _ in describe()] == [name.replace("_", "-") for name in DESCRIPTIONS]


def test_the_defaults_can_be_set() -> None:
    values = [f"{name}={default}" for name, default, _ in describe()]
    assert read_settings(assignments=values) == Settings()


def test_values_have_their_types() -> None:
    settings = read_settings(
        assignments=[
            "set-stat=no-op",
            "close-error=3",
            "listing-page=0",
            "idle-seconds=2.5",
            "rotate-host-keys=true",
            "host-keys=ssh-rsa, ssh-ed25519",
            "banner=Authorized use only",
        ]
    )
    assert settings == Settings(
        set_stat=SetStat.NO_OP,
        close_error=Status.PERMISSION_DENIED,
        listing_page=0,
        idle_seconds=2.5,
        rotate_host_keys=True,
        host_keys=(HostKeyType.RSA, HostKeyType.ED25519),
        banner="Authorized use only",
    )


def test_a_file_has_the_same_names_and_what_is_set_goes_before_it(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text('partial = "discard"\nattempts = 5\nhost-keys = ["ssh-rsa"]\n')
    settings = read_settings([file], ["attempts=7"])
    assert (settings.partial, settings.attempts) == (Partial.DISCARD, 7)
    assert settings.host_keys == (HostKeyType.RSA,)


@pytest.mark.parametrize(
    ("assignment", "text"),
    [
        ("setstat=no-op", "setstat: there is no such setting"),
        ("set_stat=no-op", "set_stat: there is no such setting"),
        ("set-stat", "set-stat: a value is missing"),
        ("set-stat=", "set-stat:  makes no sense"),
        ("set-stat=yes", "set-stat: yes makes no sense"),
        ("close-error=77", "close-error: 77 makes no sense"),
        ("listing-page=-1", "listing-page: less than 0"),
        ("listing-delay-milliseconds=nan", "listing-delay-milliseconds: less than 0"),
        ("attempts=0", "attempts: not above 0"),
        ("sign-in-methods=PUBLIC_KEY_AND_PASSWORD", "sign-in-methods: .* needs public-key"),
        ("host-keys=ssh-dss", "host-keys: ssh-dss makes no sense"),
        ("banner=" + "b" * 4097, "banner: not up to"),
        ("banner=a\0b", "banner: not up to"),
        ("banner=für alle", "banner: not up to"),
        ("rename-onto-existing=0", "rename-onto-existing: 0 is no refusal"),
        ("rmdir-not-empty=0", "rmdir-not-empty: 0 is no refusal"),
        ("random-write=0", "random-write: 0 is no refusal"),
        ("symlink=0", "symlink: 0 is no refusal"),
        ("host-keys=ssh-rsa,ssh-rsa", "host-keys: a type twice"),
    ],
)
def test_what_makes_no_sense_is_refused(assignment: str, text: str) -> None:
    with pytest.raises(SandboxSettingError, match=text):
        read_settings(assignments=[assignment])


def test_a_banner_may_have_lines() -> None:
    assert read_settings(assignments=["banner=Mine.\r\nKeep out.\n"]).banner.count("\n") == 2


@pytest.mark.parametrize(
    "key",
    [
        "id_ed25519.pub",
        "ssh-dss AAAAB3NzaC1kc3MAAACBAJ" + "A" * 60,
        "ssh-ed25519 " + "A" * 68,
    ],
)
def test_what_is_no_public_key_is_refused(key: str) -> None:
    with pytest.raises(SandboxSettingError, match="public-key: no public key"):
        read_settings(assignments=["sign-in-methods=PUBLIC_KEY_OR_PASSWORD", f"public-key={key}"])


def test_a_public_key_goes_with_methods_that_ask_for_it() -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    for methods in (
        SignInMethods.PUBLIC_KEY_OR_PASSWORD,
        SignInMethods.PUBLIC_KEY_AND_PASSWORD,
    ):
        words = [f"sign-in-methods={methods}", f"public-key={key} somebody@laptop"]
        assert read_settings(assignments=words).sign_in_methods is methods
    with pytest.raises(SandboxSettingError, match="public-key: sign-in-methods is PASSWORD"):
        read_settings(assignments=[f"public-key={key}"])


@pytest.mark.parametrize("content", [b"set-stat = no-op", b"\xff"])
def test_a_file_that_is_no_toml(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "acme.toml"
    file.write_bytes(content)
    with pytest.raises(SandboxSettingError, match=r"acme\.toml"):
        read_settings([file])


def test_every_case_has_its_row() -> None:
    assert list(ROWS) == list(Case)


def test_a_status_that_is_only_proposed_where_aws_is_known_to_refuse_can_be_set() -> None:
    for case in (Case.RANDOM_WRITE, Case.RENAME_ONTO_EXISTING, Case.RMDIR_NOT_EMPTY, Case.LINK):
        row = ROWS[case]
        assert row.status_is is Known.PROPOSED
        settings = read_settings(assignments=[f"{row.setting.replace('_', '-')}=2"])
        assert refused(case, settings).status is Status.NO_SUCH_FILE
        assert refused(case, Settings()).status is row.status
