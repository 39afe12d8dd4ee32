"""Makes one readable ``index.py`` of the identity function, and puts it into the template.

Comments, docstrings and types go, names stay: a reviewer reads in AWS's console what the
repository has. ``python packaging/aws/build_lambda.py [HOMES_FILE]`` writes ``build/aws/index.py``
and ``build/aws/template.yaml``, which holds the same text as one quoted line. A table of homes that
is too large for Lambda's environment is baked in.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from itertools import pairwise
from pathlib import Path

from compact_function import in_narrow_levels, with_short_branches, without_types
from compact_template import compact

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "gui" / "ferrygate" / "identity"
TEMPLATE = ROOT / "packaging" / "aws" / "template.yaml"
BUILD = ROOT / "build" / "aws"
PLACEHOLDER = "# make lambda: index.py\n"  # all that ZipFile holds in the source
# Parts of the template that a table of homes in a parameter needs.
_HOMES_GIVEN = re.compile(
    r"^ *# make lambda HOMES=FILE leaves this out\n.*?^ *# until here\n", re.MULTILINE | re.DOTALL
)
MAX_TEMPLATE_BYTES = 51_200  # of a template that CloudFormation takes without a bucket
MAX_UPLOADED_BYTES = 1_000_000  # of one in a bucket, which a large table of homes may need
_OURS = "ferrygate.identity."
_FUTURE = "__future__"
_TABLE = "BAKED_HOMES"
_TITLE = (
    "# Ferrygate's identity function, made by `make lambda`; its sources have comments and types.\n"
)


class BuildError(Exception):
    """The function cannot be built; the text says why."""


def ordered(sources: dict[str, ast.Module]) -> list[str]:
    """Return the modules' names so that each comes after those that it imports."""
    order: list[str] = []

    def visit(name: str) -> None:
        for node in sources[name].body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_OURS):
                visit(str(node.module).removeprefix(_OURS))
        if name not in order:
            order.append(name)

    for name in sorted(sources):
        visit(name)
    return order


def without_docstrings(tree: ast.Module) -> ast.Module:
    """Take out all texts that are statements; what is empty then gets ``...``."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [each for each in body if not _is_docstring(each)]
            node.body = kept or ([] if node is tree else [ast.Expr(ast.Constant(...))])  # type: ignore[attr-defined]
    return tree


def defined_by(node: ast.stmt) -> list[str]:
    """Return the names that a statement at the top of a module defines."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def join(sources: dict[str, ast.Module], homes: str) -> str:
    """Make one module of several.

    Args:
        sources: the modules by name.
        homes: the table of homes to bake in, as JSON.

    Raises:
        BuildError: two modules give one name to two things.
    """
    imports: dict[str, set[str]] = {}
    statements: list[ast.stmt] = []
    names: set[str] = set()
    for module in ordered(sources):
        for node in without_docstrings(sources[module]).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                module_imported = str(getattr(node, "module", ""))
                if not module_imported.startswith((_FUTURE, _OURS)):
                    found = imports.setdefault(module_imported, set())
                    found |= {ast.unparse(alias) for alias in node.names}
                continue
            for name in defined_by(node):
                if name in names:
                    raise BuildError(f"{name} is defined in two modules")
                names.add(name)
                if name == _TABLE and isinstance(node, ast.Assign):
                    node.value = ast.Constant(homes)
            statements.append(node)
    plain = sorted(imports.pop("", set()))
    of_modules = [
        f"from {module} import {', '.join(sorted(found))}\n"
        for module, found in sorted(imports.items())
    ]
    whole = ast.parse("".join([f"import {', '.join(plain)}\n" if plain else "", *of_modules]))
    whole.body += statements
    body = _spaced([_text_of(node) for node in without_types(whole).body])
    return _TITLE + with_short_branches(in_narrow_levels(body))


def read_sources() -> dict[str, ast.Module]:
    """Parse the function's modules."""
    files = [file for file in sorted(PACKAGE.glob("*.py")) if file.stem != "__init__"]
    return {file.stem: ast.parse(file.read_text("utf-8")) for file in files}


def fill(template: str, index: str) -> str:
    """Put the function into a compacted template, in place of the placeholder.

    The function is one quoted string: a block of lines would cost five bytes more in each line.

    Raises:
        BuildError: the placeholder is not there once.
    """
    place = json.dumps(PLACEHOLDER)
    if template.count(place) != 1:
        raise BuildError(f"the template holds {place} {template.count(place)} times")
    return template.replace(place, json.dumps(index, ensure_ascii=False))


def with_homes(template: str) -> str:
    """Take the parameter Homes out of the template, whose function holds the table.

    An update keeps the values of parameters that it is not given: an earlier Homes would go before
    the table, unseen.

    Raises:
        BuildError: the template does not say what is the parameter's.
    """
    without, count = _HOMES_GIVEN.subn("", template)
    if not count:
        raise BuildError("the template does not say what HOMES=FILE leaves out")
    return without


def one_line(homes: str) -> str:
    """Return a table of homes on one line.

    Raises:
        BuildError: the text is no JSON object.
    """
    try:
        pairs = json.loads(homes, object_pairs_hook=tuple)
    except ValueError as error:
        raise BuildError(f"the table of homes is no JSON: {error}") from None
    if not isinstance(pairs, tuple):
        raise BuildError("the table of homes is no JSON object")
    return "{" + ",".join(f"{json.dumps(name)}:{json.dumps(home)}" for name, home in pairs) + "}"


def build(homes: str) -> None:
    """Write the function, and the template with it, and print the sizes.

    Args:
        homes: the table of homes to bake in, as JSON.

    Raises:
        BuildError: something does not fit.
    """
    index = join(read_sources(), homes)
    template = TEMPLATE.read_text("utf-8")
    is_baked = homes != "{}"
    filled = fill(compact(with_homes(template) if is_baked else template), index)
    BUILD.mkdir(parents=True, exist_ok=True)
    _write(BUILD / "index.py", index)
    _write(BUILD / "template.yaml", filled)
    check_size(len(filled.encode()), MAX_UPLOADED_BYTES if is_baked else MAX_TEMPLATE_BYTES)
    if len(filled.encode()) > MAX_TEMPLATE_BYTES:
        _say(f"it is over {MAX_TEMPLATE_BYTES:,} bytes: deploy it with --s3-bucket BUCKET")


def check_size(size: int, limit: int) -> None:
    """Refuse a template that CloudFormation would refuse; both numbers are bytes.

    Raises:
        BuildError: the template is too large.
    """
    if size > limit:
        raise BuildError(f"the template has {size:,} bytes, of {limit:,} that it may have")


def main(arguments: list[str]) -> int:
    """Build with the table of homes that the command line names; 2 where something is wrong."""
    try:
        build(one_line(Path(arguments[0]).read_text("utf-8")) if arguments else "{}")
    except (BuildError, OSError) as error:
        print(f"make lambda: {error}", file=sys.stderr)  # noqa: T201  a program's own output
        return 2
    return 0


def _is_docstring(node: object) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case _:
            return False


def _text_of(node: ast.stmt) -> str:
    """Return a statement's text: tables one entry a line, all else as Python prints it."""
    match node:
        case ast.Assign(value=ast.Dict(keys=keys, values=values), targets=[ast.Name(id=name)]):
            pairs = zip(keys, values, strict=True)
            entries = [f"    {ast.unparse(k)}: {ast.unparse(v)},\n" for k, v in pairs if k]
            return f"{name} = {{\n{''.join(entries)}}}"
        case _:
            return ast.unparse(node)


def _spaced(texts: list[str]) -> str:
    """Set functions and classes apart, and the imports from what follows."""
    kinds = [_kind(text) for text in texts]
    gaps = [
        "\n" if kind != before or kind == "block" else ""
        for before, kind in pairwise(["import", *kinds])
    ]
    return "".join(f"{gap}{text}\n" for gap, text in zip(gaps, texts, strict=True))


def _kind(text: str) -> str:
    if text.startswith(("import ", "from ")):
        return "import"
    return "block" if text.startswith(("def ", "class ", "@")) else "line"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    _say(f"{path.relative_to(ROOT)}: {len(text.encode()):,} bytes")


def _say(text: str) -> None:
    print(text)  # noqa: T201  a program's own output


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
