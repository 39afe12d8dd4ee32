"""Makes the template shorter, so that the function finds room in what CloudFormation takes inline.

Comments and blank lines go, and a level is one space deep. What the template says stays.
"""

from __future__ import annotations

PLACEHOLDER = "# make lambda: index.py"


def compact(text: str) -> str:
    """Shorten a template in block style whose lists are written as ``- `` and two spaces more."""
    lines: list[str] = []
    levels = [(0, 0)]  # indents as they were, and as they become
    for line in text.splitlines():
        body = line.lstrip()
        if not body or (body.startswith("#") and body != PLACEHOLDER):
            continue
        before = len(line) - len(body)
        while levels[-1][0] > before:
            levels.pop()
        if levels[-1][0] < before:
            levels.append((before, levels[-1][1] + 1))
        lines.append(" " * levels[-1][1] + body)
        while body.startswith("- "):  # what follows lines up behind the dash
            levels.append((levels[-1][0] + 2, levels[-1][1] + 2))
            body = body.removeprefix("- ")
    return "\n".join(lines) + "\n"
