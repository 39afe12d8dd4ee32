"""Rules that every file in the repository keeps."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_ORG, _COM = ".org", ".com"  # so that the samples below name no address themselves
# The longest there were when these rules came: a file or function does not grow past them.
MAX_LINES = 380  # of a file
MAX_PROGRAM_LINES = 366  # of a file of the program
MAX_FUNCTION_LINES = 63
SCREEN_LINES = 40
MAX_LONG_SHARE = 0.0063  # of all functions, longer than a screen

# Homes of people and machines; "~" and $HOME say the same without naming anybody.
_MACHINE_PATH = re.compile(r"(?<![\w.])(?:/root/|/home/[a-z]|/Users/[A-Za-z]|[A-Z]:\\Users\\)")
# Where packages are fetched from is the business of the machine that fetches them.
# Distributions' own mirrors included, and whatever a package manager is pointed to.
_REGISTRY = re.compile(
    r"--(?:extra-)?index-url|--find-links|--registry[ =]|PIP_(?:EXTRA_)?INDEX_URL=\S"
    r"|(?:index-url|registry) *= *\S*://"
    r"|files\.pythonhosted\.org|pypi\.org/simple|\b(?:pypi|npm|conda)\.[\w.-]+\.\w+/"
    r"|registry\.(?:npmjs|yarnpkg)\.|conda\.anaconda\.org|static\.crates\.io|proxy\.golang\.org"
    r"|//[\w.-]*(?:debian\.org|debian\.net|ubuntu\.com)\b"
    r"|\b(?:deb|ftp\.\w+|archive|security|snapshot|cdn-fastly\.deb)\.(?:debian|ubuntu)\.\w+"
    r"|//[\w.-]+(?::\d+)?/(?:debian|ubuntu|debian-security)(?=[/\s\"'}]|$)",
    re.MULTILINE,
)


def tracked_files() -> list[Path]:
    """Every file git knows, or would take in."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607  wherever git is
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = os.fsdecode(listing.stdout).split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


def texts() -> dict[Path, str]:
    """Read the text of every tracked file that is one."""
    found = {}
    for path in tracked_files():
        content = path.read_bytes()
        if b"\0" not in content:
            found[path.relative_to(ROOT)] = content.decode("utf-8")
    return found


def test_no_python_file_is_longer_than_380_lines_and_none_of_the_program_than_366() -> None:
    too_long = {
        str(path): length
        for path, text in texts().items()
        if path.suffix == ".py" and (length := text.count("\n")) > max_lines(path)
    }
    assert too_long == {}


def max_lines(path: Path) -> int:
    """Return how many lines a file may have."""
    return MAX_PROGRAM_LINES if path.parts[0] == "gui" else MAX_LINES


def functions(source: str) -> dict[str, int]:
    """Count the lines of each function of a module, docstrings included, decorators not."""
    return {
        f"{node.name}:{node.lineno}": (node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def program_functions() -> dict[str, int]:
    """Count the lines of each function of the program."""
    return {
        f"{path}:{name}": length
        for path, text in texts().items()
        if path.suffix == ".py" and path.parts[0] == "gui"
        for name, length in functions(text).items()
    }


def test_no_function_of_the_program_is_longer_than_63_lines() -> None:
    lengths = program_functions()
    assert {name: length for name, length in lengths.items() if length > MAX_FUNCTION_LINES} == {}


def test_few_functions_of_the_program_are_longer_than_a_screen() -> None:
    lengths = program_functions().values()
    long = sum(length > SCREEN_LINES for length in lengths)
    assert long / len(lengths) <= MAX_LONG_SHARE


def test_the_lines_of_a_function_are_counted_with_its_docstring() -> None:
    source = '@cached\ndef f(\n    x,\n):\n    """Say."""\n\n    async def g(): ...\n    return g\n'
    assert functions(source) == {"f:2": 7, "g:7": 1}


def test_every_init_file_below_the_package_is_empty() -> None:
    package = Path("gui/ferrygate")
    filled = [
        path
        for path, text in texts().items()
        if path.name == "__init__.py" and path.parent != package and text
    ]
    assert filled == []


def test_test_folders_are_not_packages() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_the_top_level_holds_what_the_layout_names() -> None:
    tops = {path.parts[0] for path in texts()}
    folders = {top for top in tops if (ROOT / top).is_dir() and not top.startswith(".")}
    assert folders <= {"gui", "resources", "tests", "packaging"}


def test_no_file_names_a_path_of_one_machine() -> None:
    here = re.compile(re.escape(str(ROOT)) + r"\b")
    found = [
        f"{path}: {match.group()}"
        for path, text in texts().items()
        if path != Path(__file__).relative_to(ROOT)
        for match in [*_MACHINE_PATH.finditer(text), *here.finditer(text)]
    ]
    assert found == []


def test_no_file_names_a_package_registry() -> None:
    found = [
        f"{path}: {match.group()}"
        for path, text in texts().items()
        if path != Path(__file__).relative_to(ROOT)
        for match in _REGISTRY.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "offence",
    [
        "http://deb.debian" + _ORG + "/debian",
        "deb http://ftp.de.debian" + _ORG + "/debian bookworm main",
        "https://snapshot.debian" + _ORG + "/archive",
        "http://archive.ubuntu" + _COM + "/ubuntu",
        "https://mirror.example.org/debian",
        "mirror=${MIRROR:-http://10.0.0.7:3142/debian}",
        "pip install --index-url x",
        "registry=https://npm.example.org/",
        "https://registry.npmjs" + _ORG + "/x/-/x.tgz",
        "https://files.pythonhosted" + _ORG + "/packages/x.whl",
    ],
)
def test_an_address_that_packages_come_from_is_recognised(offence: str) -> None:
    assert _REGISTRY.search(offence)


@pytest.mark.parametrize(
    "harmless",
    ["On Debian 12", "https://www.openssh.com/", "/usr/share/doc/debian", "debian.sources"],
)
def test_other_addresses_pass(harmless: str) -> None:
    assert not _REGISTRY.search(harmless)


@pytest.mark.parametrize("offence", ["/root/x", "at /home/ada/x", "C:\\Users\\Ada", "/Users/Ada/x"])
def test_a_path_of_one_machine_is_recognised(offence: str) -> None:
    assert _MACHINE_PATH.search(offence)


@pytest.mark.parametrize("harmless", ["~/.ssh", "s3://bucket/home/{user}", "/{bucket}/home"])
def test_a_path_of_no_machine_passes(harmless: str) -> None:
    assert not _MACHINE_PATH.search(harmless)


def test_the_lock_pins_every_package_by_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.split(r"\n(?=\S)", lock.strip())
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
