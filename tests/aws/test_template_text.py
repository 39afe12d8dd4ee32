"""The template gets shorter without losing anything, and CloudFormation's linter agrees."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aws.template_model import TEMPLATE, load
from aws.template_settings import wrong_settings

TEXT = TEMPLATE.read_text("utf-8")


def compact(text: str) -> str:
    """Call what ``make lambda`` shortens the template by."""
    module = runpy.run_path(str(TEMPLATE.with_name("compact_template.py")))
    shortened: Callable[[str], str] = module["compact"]
    return shortened(text)


def test_a_compacted_template_sets_the_same() -> None:
    assert wrong_settings(load(compact(TEXT))) == []


def test_a_compacted_template_has_no_comments() -> None:
    assert [line for line in compact(TEXT).splitlines() if line.strip().startswith("#")] == []


def test_each_part_of_a_compacted_template_is_a_line() -> None:
    source = (
        "Parameters:\n  A:\n    Type: String  # why\n    Default: 'a, b'\n"
        "Resources:\n  Function:\n    Properties:\n      Role: !GetAtt R.Arn\n"
        "      Code:\n        ZipFile: |\n          # make lambda: index.py\n"
        '  R:\n    List:\n      - !If [X, 1, "2"]\n'
    )
    assert compact(source) == (
        'Parameters:\n A: {Type: String,Default: "a, b"}\n'
        "Resources:\n Function: {Properties: {Role: !GetAtt R.Arn,"
        'Code: {ZipFile: "# make lambda: index.py\\n"}}}\n'
        ' R: {List: [!If [X,1,"2"]]}\n'
    )


@pytest.mark.slow  # the linter reads its schemas anew each time
@pytest.mark.parametrize("text", [TEXT, compact(TEXT)], ids=["source", "compacted"])
def test_the_linter_of_cloudformation_finds_nothing(tmp_path: Path, text: str) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(text, "utf-8")
    ended = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--include-checks", "I", "--", template],
        cwd=tmp_path,  # no settings of ours, which could switch rules off
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == ("", "", 0)
    assert "cfn-lint" not in TEXT
