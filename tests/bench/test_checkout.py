"""Another checkout counts only when its program runs its own code."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.checkout import program_of

THIS = Path(__file__).parents[2]


def checkout_whose_python_says(place: str, folder: Path) -> Path:
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "ferrygate").touch(mode=0o755)
    python = programs / "python"
    python.write_text(f"#!/bin/sh\necho '{place}'\n", encoding="utf-8")
    python.chmod(0o755)
    return folder


def test_this_checkout_has_a_program() -> None:
    assert program_of(THIS).samefile(Path(sys.executable).with_name("ferrygate"))


def test_a_checkout_that_runs_its_own_code_is_taken_also_through_a_link(tmp_path: Path) -> None:
    place = str(tmp_path / "real" / "gui" / "ferrygate" / "__init__.py")
    real = checkout_whose_python_says(place, tmp_path / "real")
    link = tmp_path / "link"
    link.symlink_to(real)
    assert program_of(real) == real / ".venv" / "bin" / "ferrygate"
    assert program_of(link) == link / ".venv" / "bin" / "ferrygate"


def test_a_checkout_that_was_not_set_up_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"run 'make setup' in {tmp_path} first"):
        program_of(tmp_path)


@pytest.mark.parametrize("place", ["/elsewhere/gui/ferrygate/__init__.py", ""])
def test_a_copy_that_runs_the_code_it_was_copied_from_is_refused(
    tmp_path: Path, place: str
) -> None:
    copy = checkout_whose_python_says(place, tmp_path / "copy")
    with pytest.raises(ValueError, match=f"runs {place or 'no code'}, and not that of {copy}"):
        program_of(copy)
