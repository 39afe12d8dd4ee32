"""Makes the function shorter, so that the template with it fits into what CloudFormation takes.

What does nothing at run time goes: annotations, but for those that make the fields of a dataclass,
protocols, and what these alone use. Blocks are written one space deep. Names, statements and their
order stay.
"""

from __future__ import annotations

import ast
import re

_MAX_COLUMNS = 120
# A line "if ...:" or "except ...:", one deeper line, and then no third, no "elif" and no "else".
_BRANCH = re.compile(
    r"^(( *)(?:if|except)\b.*:)\n\2 (\w.*[^:\n])$(?!\n\2 )(?!\n\2(?:elif|else))", re.MULTILINE
)
_LEVEL = "    "  # as Python prints it


def without_types(tree: ast.Module) -> ast.Module:
    """Take annotations and protocols out of a module, and what is used by these alone."""
    used = _used(tree)
    plain: ast.Module = ast.fix_missing_locations(_WithoutAnnotations().visit(tree))
    while True:
        unused = used - _used(plain)
        kept = [node for node in plain.body if not _defines(node, unused)]
        if len(kept) == len(plain.body):
            break
        plain.body = kept
    for node in plain.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            node.names = [each for each in node.names if (each.asname or each.name) not in unused]
    return plain


def in_narrow_levels(text: str) -> str:
    """Write each level of a module's text one space deep; no string in it spans lines."""
    return re.sub(
        f"^(?:{_LEVEL})+", lambda found: " " * (len(found[0]) // 4), text, flags=re.MULTILINE
    )


def with_short_branches(text: str) -> str:
    """Write an ``if`` or ``except`` of one statement as one line, unless it is long."""

    def joined(found: re.Match[str]) -> str:
        line = f"{found[1]} {found[3]}"
        return line if len(line) <= _MAX_COLUMNS else found[0]

    return _BRANCH.sub(joined, text)


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef | None:
        if any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases):
            return None
        is_dataclass = any("dataclass" in ast.unparse(each) for each in node.decorator_list)
        node.body = [
            each if is_dataclass and isinstance(each, ast.AnnAssign) else self.visit(each)
            for each in node.body
        ]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.Assign | None:
        return ast.Assign([node.target], node.value) if node.value else None


def _used(tree: ast.Module) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
    }


def _defines(node: ast.stmt, names: set[str]) -> bool:
    """Tell whether a statement does nothing but define one of some names."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in names
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return all((alias.asname or alias.name) in names for alias in aliases)
        case _:
            return False
