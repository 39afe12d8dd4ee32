"""Makes the template shorter, so that the function finds room in what CloudFormation takes inline.

Comments go, and each parameter, rule, condition, resource and output becomes one line; what the
template says stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import yaml

_BREAKS_FLOW = re.compile(r"[,\[\]{}\n]|: |:$| #")  # in a scalar without quotes


def compact(text: str) -> str:
    """Shorten a template."""
    root = yaml.compose(text, yaml.SafeLoader)  # the C parser tells quotes in another way
    return "".join(f"{line}\n" for line in _lines(root))


def _lines(root: yaml.Node) -> Iterator[str]:
    for key, value in root.value:
        if isinstance(value, yaml.MappingNode):
            yield f"{_flow(key)}:"
            yield from (f" {_flow(name)}: {_flow(entry)}" for name, entry in value.value)
        else:
            yield f"{_flow(key)}: {_flow(value)}"


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
