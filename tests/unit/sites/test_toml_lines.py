from __future__ import annotations

import tomllib

from ferrygate.sites.toml_lines import key_lines

TEXT = (
    r'''# a comment = 1

format = 1
"quoted key" = "a \" = b"  # no = key
'literal' = 'x = y'
multi = """
not = a key
"""
also = """ends in two quotes: """""
rows = [
  "a = 1", # comment ]
  2024-01-01 10:00:00,
  [ { inner = 1 }, ],
]
a.b . "c.d" = 3
inline = { x = 1, y = { z = "}" } }
[ section ] # comment
key = '''
    "'''\nx = 1\n'''"
    r"""
[[tables]]
n = 1
[[tables]]
n = 2
[last.deep]
key = 1e5"""
)


def test_every_key_is_found_on_its_line() -> None:
    tomllib.loads(TEXT)
    lines = key_lines(TEXT)
    written = TEXT.split("\n")
    assert lines.pop(("quoted key",)) == 4
    assert lines.pop(("a", "b", "c.d")) == 15
    assert {".".join(path): line for path, line in lines.items()} == {
        "format": 3,
        "literal": 5,
        "multi": 6,
        "also": 9,
        "rows": 10,
        "rows.inner": 13,
        "a": 15,
        "a.b": 15,
        "inline": 16,
        "inline.x": 16,
        "inline.y": 16,
        "inline.y.z": 16,
        "section": 17,
        "section.key": 18,
        "tables": 21,
        "tables.n": 22,
        "last": 25,
        "last.deep": 25,
        "last.deep.key": 26,
    }
    assert all(path[-1] in written[line - 1] for path, line in lines.items())


def test_an_empty_text_has_no_keys() -> None:
    assert key_lines("") == {}
    assert key_lines("# only a comment") == {}
