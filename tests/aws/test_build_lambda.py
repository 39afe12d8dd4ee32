"""`make lambda`: one readable file of several modules, and the template that holds it."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from pathlib import Path

import pytest

from aws.contract_runner import BASE, load, load_builder
from aws.template_model import deploy
from aws.template_model import load as load_template

build = load_builder()


def joined(homes: str = "{}", **modules: str) -> str:
    sources = {name: ast.parse(source) for name, source in modules.items()}
    text: str = build.join(sources, homes)
    return text


def test_modules_come_after_those_that_they_import() -> None:
    text = joined(a="from ferrygate.identity.b import x\ny = x", b="x = 1")
    assert text.index("x = 1") < text.index("y = x")
    assert "ferrygate.identity" not in text


def test_imports_come_once_at_the_top() -> None:
    text = joined(a="import re\nfrom os import path", b="import re\nfrom os import sep, path")
    assert text.count("import re\n") == 1
    assert text.count("from os import path, sep\n") == 1


def test_comments_and_docstrings_go() -> None:
    text = joined(a='"""Doc."""\nX = 1  # why\n"""Of X."""\ndef f():\n    """Doc."""\n    return 1')
    assert "oc." not in text
    assert "why" not in text
    assert "def f():\n return 1" in text


def test_what_would_be_empty_gets_an_ellipsis() -> None:
    assert "class A:\n ..." in joined(a='class A:\n    """Doc."""')


def test_annotations_go_but_for_the_fields_of_dataclasses() -> None:
    text = joined(
        a="from collections.abc import Mapping, Sized\nfrom dataclasses import dataclass\n"
        "from typing import Protocol\nWord = str\nX: Mapping[str, int] = {}\n"
        "class P(Protocol):\n    def f(self) -> Sized: ...\n"
        "@dataclass\nclass A:\n    a: Mapping[str, str]\n"
        "def f(x: Word, *y: P, z: int = 1) -> Sized:\n    w: int\n    w = 1\n    return w"
    )
    assert text.partition("\n")[2] == (
        "from collections.abc import Mapping\nfrom dataclasses import dataclass\n\nX = {\n}\n\n"
        "@dataclass\nclass A:\n a: Mapping[str, str]\n\n"
        "def f(x, *y, z=1):\n w = 1\n return w\n"
    )


def test_what_nothing_but_an_annotation_used_goes_and_nothing_else() -> None:
    text = joined(a="from typing import Literal\nWord = Literal['a']\nW: Word = 'a'\nUNUSED = 1")
    assert text.partition("\n\n")[2] == "W = 'a'\nUNUSED = 1\n"


def test_a_branch_of_one_statement_is_a_line() -> None:
    short = "def f(x):\n    if x:\n        return 1\n    return 2"
    assert " if x: return 1\n return 2" in joined(a=short)
    tried = "try:\n    x = 1\nexcept OSError:\n    x = 2\nexcept ValueError:\n    x = 3"
    assert "except OSError: x = 2\nexcept ValueError: x = 3\n" in joined(a=tried)


@pytest.mark.parametrize(
    "source",
    [
        "if x:\n    y = 1\nelse:\n    y = 2",
        "if x:\n    y = 1\nelif z:\n    y = 2",
        "if x:\n    y = 1\n    z = 2",
        "if x:\n    for y in x:\n        z = y",
        f"if x:\n    y = '{'z' * 120}'",
    ],
)
def test_other_branches_stay_as_they_are(source: str) -> None:
    text = joined(a=source)
    assert text.partition("\n\n")[2] == build.in_narrow_levels(source) + "\n"


def test_template_and_function_leave_two_kilobytes_of_what_cloudformation_takes() -> None:
    template = build.compact(build.TEMPLATE.read_text("utf-8"))
    filled = build.fill(template, build.join(build.read_sources(), "{}"))
    assert len(filled.encode()) <= build.MAX_TEMPLATE_BYTES - 2048


def test_a_template_that_is_too_large_is_refused() -> None:
    build.check_size(51_200, 51_200)
    with pytest.raises(build.BuildError, match="51,201 bytes, of 51,200"):
        build.check_size(51_201, 51_200)


def test_two_things_of_one_name_are_refused() -> None:
    with pytest.raises(build.BuildError, match="_x is defined in two modules"):
        joined(a="_x = 1", b="def _x(): ...")


def test_the_function_reads_as_python_and_needs_nothing_of_ours() -> None:
    text = build.join(build.read_sources(), "{}")
    comments = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    ]
    assert len(comments) == 1
    assert "import ferrygate" not in text
    assert "from ferrygate" not in text
    assert max(len(line) for line in text.splitlines()) < 450
    assert "class IdentityFunction:" in text


def test_a_table_of_homes_is_baked_in(tmp_path: Path) -> None:
    homes = {f"person{number}@example.com": f"/{{bucket}}/p/{number}" for number in range(200)}
    path = tmp_path / "baked.py"
    path.write_text(build.join(build.read_sources(), build.one_line(json.dumps(homes, indent=2))))
    module = load(path)
    config = module.Config.from_environment({**BASE, "ALLOW": "listed"})
    assert config.homes.target_of("person7@example.com") == "/exports/p/7"
    assert not config.homes.are_open_to("dade@example.com")
    overridden = module.Config.from_environment({**BASE, "HOMES": '{"dade": ""}'})
    assert list(overridden.homes.table) == ["dade@example.com"]


@pytest.mark.parametrize("text", ["{", "[]", '["dade"]'])
def test_a_table_that_is_no_json_object_is_not_baked_in(text: str) -> None:
    with pytest.raises(build.BuildError, match="no JSON"):
        build.one_line(text)


def test_a_name_that_comes_twice_is_left_for_the_function_to_refuse() -> None:
    assert build.one_line('{"a": "x", "a": "y"}') == '{"a":"x","a":"y"}'


def test_the_function_stands_in_the_template_as_it_is() -> None:
    index = build.join(build.read_sources(), "{}") + 'X = "\\x00 ü"\n'
    filled = load_template(build.fill(build.compact(build.TEMPLATE.read_text("utf-8")), index))
    assert filled["Resources"]["Function"]["Properties"]["Code"] == {"ZipFile": index}


@pytest.mark.parametrize("times", [0, 2])
def test_a_template_holds_the_placeholder_once(times: int) -> None:
    with pytest.raises(build.BuildError, match=f"{times} times"):
        build.fill(f"{json.dumps(build.PLACEHOLDER)}\n" * times, "X = 1\n")


def test_the_command_line_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main([str(tmp_path / "missing.json")]) == 2
    assert capsys.readouterr().err.startswith("make lambda: ")


def test_a_template_whose_function_holds_the_table_has_no_other() -> None:
    text = build.with_homes(build.TEMPLATE.read_text("utf-8"))
    assert not re.search(r"\bHomes\b", text)
    given = {"OktaAddress": "https://example.okta.com", "Allow": "listed"}
    stack = deploy(load_template(build.compact(text)), given)
    assert stack.refused == []
    environment = stack.resources["Function"]["Properties"]["Environment"]["Variables"]
    assert "HOMES" not in environment
    with pytest.raises(build.BuildError, match="leaves out"):
        build.with_homes("Parameters: {}")


def test_a_table_that_was_given_to_an_earlier_deploy_does_not_go_before_the_built_in_one() -> None:
    earlier = {"OktaAddress", "SignOnDomain", "Homes"}  # an update keeps their values
    text = build.with_homes(build.TEMPLATE.read_text("utf-8"))
    assert earlier & load_template(build.compact(text))["Parameters"].keys() == earlier - {"Homes"}
