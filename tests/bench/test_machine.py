"""Tests how the machine and the programs are described."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.machine import commit_of, processor_in, this_machine, version_in


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("rclone v1.60.1-DEV\n- os/version: debian 12.11", "1.60.1"),
        ("LFTP | Version 4.9.2 | Copyright (c) 1996-2020", "4.9.2"),
        ("OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19", "9.2p1"),
        ("psftp: Release 0.78\nBuild platform: 64-bit Unix", "0.78"),
        ("unknown option -- V\nOpenSSH_9.2, OpenSSL 3.0.19", "9.2"),
        ("ferrygate, version 0.1.0", "0.1.0"),
        ("no idea", ""),
    ],
)
def test_a_version_is_found_in_what_a_program_says(said: str, version: str) -> None:
    assert version_in(said) == version


def test_the_processor_is_named() -> None:
    assert processor_in("processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\n") == "Some CPU @ 3 GHz"
    assert processor_in("processor\t: 0\n")


def test_this_machine_has_cores_and_memory() -> None:
    machine = this_machine()
    assert machine.cores >= 1
    assert machine.memory_bytes > 1 << 28


def test_a_program_outside_of_any_checkout_has_no_commit(tmp_path: Path) -> None:
    assert commit_of(tmp_path / ".venv" / "bin" / "program") == "no checkout"
