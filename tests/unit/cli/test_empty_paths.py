"""An unset variable on a command line: wrong usage before anything is asked, read or sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., int]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Make a site whose server is not there; its secrets are not either."""
    path = tmp_path / "acme.ferrygate"
    path.write_text(
        'format = 1\nname = "Acme"\nhost = "127.0.0.1"\nport = 9\nusername = "vendor7"\n'
        'start_folder = "/srv/vendor7"\n'
    )
    return path


@pytest.mark.parametrize(
    "words",
    [
        ("ls", "SITE", ""),
        ("rm", "SITE", ""),
        ("rm", "-r", "SITE", ""),
        ("rm", "-r", "SITE", "/a", "", "/b"),
        ("mkdir", "SITE", ""),
        ("mkdir", "-p", "SITE", "/a", ""),
        ("mv", "SITE", "", "/x"),
        ("mv", "SITE", "/x", ""),
        ("get", "SITE", "", "dl"),
        ("get", "SITE", "/a", "", "dl"),
        ("get", "SITE", "/a", ""),
        ("put", "SITE", "", "/inbox"),
        ("put", "SITE", __file__, "", "/inbox"),
        ("put", "SITE", __file__, ""),
        ("sites", "export", "SITE", ""),
        ("sites", "import", ""),
        ("enroll", "SITE", "--qr", ""),
        ("sandbox", "--root", ""),
        ("sandbox", "--host", ""),
        ("app", ""),
    ],
    ids=" ".join,
)
def test_an_empty_path_is_wrong_usage(
    command: Command, site: Path, capsys: Capture, words: tuple[str, ...]
) -> None:
    assert command(*(site if word == "SITE" else word for word in words)) == 2
    assert "cannot be empty" in capsys.readouterr().err


def test_a_path_that_no_system_takes_is_wrong_usage_and_that_is_all(
    command: Command, capsys: Capture
) -> None:
    assert command("sites", "import", "a\0b") == 2
    assert capsys.readouterr().err.endswith(
        "A path on this computer cannot hold a NUL character.\n"
    )


@pytest.mark.parametrize("words", [("ls", ""), ("rm", "-r", "", "/a"), ("sites", "remove", "")])
def test_an_empty_site_is_wrong_usage(command: Command, words: tuple[str, ...]) -> None:
    assert command(*words) == 2


@pytest.mark.parametrize(
    "path", ["/", "//", ".", "./", "a/..", "../..", "/..", "/srv", "/srv/vendor7/", "srv/."]
)
@pytest.mark.parametrize(
    "words",
    [("rm", "-r", "SITE", "PATH"), ("rm", "SITE", "PATH"), ("mv", "SITE", "PATH", "/new")],
    ids=" ".join,
)
def test_what_holds_the_account_is_not_removed(
    command: Command, site: Path, capsys: Capture, words: tuple[str, ...], path: str
) -> None:
    meant = {"SITE": site, "PATH": path}
    assert command(*(meant.get(word, word) for word in words)) == 2
    assert "cannot be removed or renamed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "step"),
    [
        (("put", "SITE", "FILE", "/inbox/new.py"), "--as new.py /inbox"),
        (("put", "SITE", "FILE", "/in/new.py"), "/in/new.py/"),
        (("put", "SITE", "FILE", "new.PY"), "--as new.PY /"),
        (("put", "SITE", "-", "/inbox"), "./-"),
        (("put", "SITE", "FILE", "-", "/inbox"), "./-"),
        (("put", "SITE", "FILE", "FILE"), "comes last"),
        (("put", "SITE", "FOLDER", "FILE", "FILE"), "comes last"),
        (("get", "SITE", "/inbox/a", "-"), "./-"),
        (("get", "SITE", "/in/a.csv", "/in/b.CSV"), "/in/b.CSV/"),
        (("get", "SITE", "/in/a.csv", "/in/b", "new.csv"), "new.csv/"),
        (("put", "SITE", "FILE", "--as", "a/b", "/inbox"), "“a/b” cannot be the name"),
        (("put", "SITE", "FILE", "--as", "", "/inbox"), "“” cannot be the name"),
        (("put", "SITE", "FILE", "FILE", "--as", "a", "/inbox"), "one file only"),
        (("put", "SITE", "FOLDER", "--as", "a", "/inbox"), "one file only"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_was_hardly_meant_is_wrong_usage(
    command: Command, site: Path, capsys: Capture, words: tuple[str, ...], step: str
) -> None:
    meant = {"SITE": site, "FILE": Path(__file__), "FOLDER": Path(__file__).parent}
    assert command(*(meant.get(word, word) for word in words)) == 2
    assert step in capsys.readouterr().err
