"""``python -m bench.readme``: put the latest figures between their marks in the README."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bench.report import Report
from bench.table import short_table

BEGIN, END = "<!-- make bench-readme: begin -->\n", "<!-- make bench-readme: end -->\n"
_ROOT = Path(__file__).parents[2]


def with_table(text: str, table: str) -> str:
    """Put the table into the text, between its marks.

    Raises:
        ValueError: the text has no such marks.
    """
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the marks for the table are not there")
    return f"{before}{begin}\n{table}\n{end}{after}"


def main() -> None:
    """Read the last run's report, and write the README anew."""
    readme = _ROOT / "README.md"
    json = (_ROOT / "build" / "bench" / "latest.json").read_bytes()
    table = short_table(msgspec.json.decode(json, type=Report))
    readme.write_text(with_table(readme.read_text(encoding="utf-8"), table), encoding="utf-8")


if __name__ == "__main__":
    main()
