"""Makes the template shorter, so that the function finds room in what CloudFormation takes inline.

Comments go, and each parameter, condition, resource and output becomes one line; what the template
says stays. Only the way to the function's place is written in levels, one space deep.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import yaml

PLACEHOLDER = "# make lambda: index.py"
_PLACE = ("Resources", "Function", "Properties", "Code", "ZipFile")
_BREAKS_FLOW = re.compile(r"[,\[\]{}\n]|: |:$| #")  # in a scalar without quotes


def compact(text: str) -> str:
    """Shorten a template."""
    root = yaml.compose(text, yaml.SafeLoader)  # the C parser tells quotes in another way
    return "".join(f"{line}\n" for line in _lines(root, ()))


def _lines(node: yaml.Node, path: tuple[str, ...]) -> Iterator[str]:
    """Write a section's entries, or those on the way to the function, as a line each."""
    for key, value in node.value:
        here = (*path, key.value)
        begin = f"{' ' * len(path)}{_flow(key)}:"
        if here == _PLACE:
            yield f"{begin} |"
            yield f"{' ' * len(here)}{PLACEHOLDER}"
        elif here == _PLACE[: len(here)] or (not path and isinstance(value, yaml.MappingNode)):
            yield begin
            yield from _lines(value, here)
        else:
            yield f"{begin} {_flow(value)}"


def _flow(node: yaml.Node) -> str:
    """Write a node in one line, as it is quoted in the source where it can be."""
    tag = f"{node.tag} " if node.tag.startswith("!") else ""
    if isinstance(node, yaml.MappingNode):
        pairs = (f"{_flow(key)}: {_flow(value)}" for key, value in node.value)
        return f"{tag}{{{','.join(pairs)}}}"
    if isinstance(node, yaml.SequenceNode):
        return f"{tag}[{','.join(map(_flow, node.value))}]"
    if node.style is None and not _BREAKS_FLOW.search(node.value):
        return tag + node.value
    single = "'" + node.value.replace("'", "''") + "'"
    double = json.dumps(node.value)
    return tag + (double if "\n" in node.value or len(double) <= len(single) else single)
