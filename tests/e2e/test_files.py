"""Looking at and changing folders on the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.program import Program, after_waiting, connection_file, records
from ferrygate.sandbox.sandbox import Sandbox
from servers.rigs.rig import Rig
from servers.rigs.signing_in import by_key, site_of

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]


def test_ls_prints_one_object_a_line(ferrygate: Program, site: Path, sandbox: Sandbox) -> None:
    folder = sandbox.ready.root / "listed"
    (folder / "deep").mkdir(parents=True)
    (folder / "Größe.csv").write_bytes(b"12345")
    outcome = ferrygate("ls", site, "/listed", "--json")
    assert outcome.returncode == 0, outcome.stderr
    first, second = records(outcome)
    assert (first["name"], first["kind"], first["size"]) == ("Größe.csv", "file", 5)
    assert (second["name"], second["kind"]) == ("deep", "folder")


def test_ls_writes_hostile_names_out(ferrygate: Program, site: Path, sandbox: Sandbox) -> None:
    folder = sandbox.ready.root / "hostile"
    folder.mkdir()
    (folder / "a\x1b[31m\u202egpj.exe").touch()
    plain = ferrygate("ls", site, "/hostile", "-l", "--unsorted")
    assert r"a\x1b[31m\u202egpj.exe" in plain.stdout
    assert "\x1b" not in plain.stdout


def test_folders_are_made_renamed_and_removed(bare: Program, openssh: Rig, tmp_path: Path) -> None:
    site = connection_file(tmp_path, site_of(openssh, by_key(openssh)))  # no code is waited for
    root = openssh.home
    assert bare("mkdir", site, root / "new", root / "deep" / "er", "-p").returncode == 0
    assert (root / "new").is_dir()
    assert (root / "deep" / "er").is_dir()
    (root / "new" / "a.csv").write_bytes(b"1")
    assert bare("mv", site, root / "new" / "a.csv", root / "new" / "b.csv").returncode == 0
    assert (root / "new" / "b.csv").read_bytes() == b"1"
    only_files = bare("rm", site, root / "new", root / "new" / "b.csv")
    assert only_files.returncode == 1
    assert f"“{root}/new” is a folder. Add -r to remove it and all in it." in only_files.stderr
    assert (root / "new").is_dir()
    assert not (root / "new" / "b.csv").exists(), "the second path was not tried"
    assert bare("rm", site, "-r", root / "deep").returncode == 0
    assert not (root / "deep").exists()


def test_mv_refuses_a_name_that_is_taken(ferrygate: Program, site: Path, sandbox: Sandbox) -> None:
    inbox = sandbox.ready.root / "inbox"
    (inbox / "a").write_bytes(b"a")
    (inbox / "b").write_bytes(b"b")
    outcome = ferrygate("mv", site, "/inbox/a", "/inbox/b", "--json")
    assert outcome.returncode == 1
    assert records(outcome)[0]["error"]["kind"] == "conflict"
    assert "“/inbox/b” is already there." in outcome.stderr
    assert (inbox / "b").read_bytes() == b"b"


def test_a_file_where_a_folder_is_meant(ferrygate: Program, site: Path, sandbox: Sandbox) -> None:
    (sandbox.ready.root / "inbox" / "a.csv").write_bytes(b"12345")
    listed = ferrygate("ls", site, "/inbox/a.csv", "--json")
    assert [(record["name"], record["size"]) for record in records(listed)] == [("a.csv", 5)]
    outcome = ferrygate("put", site, __file__, "/inbox/a.csv")
    assert outcome.returncode == 1
    assert after_waiting(outcome.stderr) == ["“/inbox/a.csv” is a file, not a folder."]


def test_a_folder_above_that_is_missing(ferrygate: Program, site: Path) -> None:
    outcome = ferrygate("mkdir", site, "/none/new")
    assert outcome.returncode == 1
    assert after_waiting(outcome.stderr) == [
        "There is no “/none” on the server. -p makes the folders above as well."
    ]
