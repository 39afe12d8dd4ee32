from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from ferrygate.common.own_process import own_environment, start_ferrygate

HARMFUL = [
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONHOME",
    "PYTHONWARNINGS",
    "PYTHONBREAKPOINT",
    "PYTHONPYCACHEPREFIX",
    "PYTHONINSPECT",
    "LD_PRELOAD",
    "LD_AUDIT",
    "DYLD_INSERT_LIBRARIES",
]


@pytest.mark.parametrize("name", HARMFUL)
def test_a_child_gets_no_variable_that_brings_other_code_in(name: str) -> None:
    assert own_environment({name: "anything", "LANG": "C"}) == {"LANG": "C"}


def test_a_child_keeps_how_python_writes_its_texts() -> None:
    kept = {"PYTHONUTF8": "1", "PYTHONIOENCODING": "latin-1", "PATH": "/bin"}
    assert own_environment(kept) == kept


def test_a_child_runs_no_module_of_the_folder_it_is_started_in(tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'sprung')!r}, 'w').close()\nraise SystemExit(7)\n"
    for name in ("msgspec", "click", "ferrygate", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(trap, "utf-8")
    environ = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONSTARTUP": "msgspec.py"}
    with contextlib.chdir(tmp_path), start_ferrygate(["--version"], environ) as child:
        said, _nothing = child.communicate(timeout=30)
    assert child.returncode == 0
    assert said.startswith(b"ferrygate")
    assert not (tmp_path / "sprung").exists()


def test_a_child_gets_the_variables_that_are_set_for_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    arguments = ["sites", "list", "--json"]
    with start_ferrygate(arguments, os.environ, FERRYGATE_HOME=str(home)) as child:
        assert child.communicate(timeout=30)[0] == b""
    assert child.returncode == 0


def test_a_child_starts_where_the_current_folder_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    with contextlib.chdir(gone):
        gone.rmdir()
        with start_ferrygate(["--version"], os.environ) as child:
            assert child.communicate(timeout=30)[0].startswith(b"ferrygate")
        os.chdir(tmp_path)
    assert child.returncode == 0
