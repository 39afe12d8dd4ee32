"""Fills a home folder with example files, the same in every run."""

from __future__ import annotations

import json
import os
import random
from datetime import UTC, datetime
from pathlib import Path

_READ_ME = "The home folder of a sandbox.\nPut files into inbox, fetch results from exports.\n"
_SAMPLES = 384
_ROWS = "ABCDEFGH"
_COLUMNS = 12
_RAW_BYTES = 384 * 1024
_MONTHS = ((2026, 9, 2), (2026, 10, 3), (2026, 11, 4))  # year, month, plates


def seed(home: Path) -> None:
    """Fill a home folder, about 3.5 MB; one that exists is left as it is."""
    if home.exists():
        return
    values = random.Random(7)  # noqa: S311  made-up laboratory values
    (home / "inbox").mkdir(parents=True)
    _write(home / "README.txt", _READ_ME.encode(), datetime(2026, 9, 1, 8, tzinfo=UTC))
    for year, month, plates in _MONTHS:
        _export(
            home / "exports" / f"{year}-{month:02}",
            datetime(year, month, 2, tzinfo=UTC),
            plates,
            values,
        )
    _write(home / "protocols" / "plate-layout.json", _layout(), datetime(2026, 8, 20, tzinfo=UTC))


def _export(folder: Path, day: datetime, plates: int, values: random.Random) -> None:
    names = [f"P-{day:%y%m}-{number:02}" for number in range(1, plates + 1)]
    for hour, name in enumerate(names, start=9):
        made = day.replace(hour=hour, minute=17)
        _write(folder / "plates" / f"{name}.csv", _plate(values), made)
        _write(folder / "raw" / f"{name}.dat", values.randbytes(_RAW_BYTES), made)
    done = day.replace(hour=18)
    _write(folder / "results.csv", _results(names, values), done)
    _write(folder / "manifest.json", _manifest(folder, day), done)
    _write(folder / "summary.pdf", _pdf(f"Export {day:%Y-%m}: {plates} plates"), done)


def _plate(values: random.Random) -> bytes:
    lines = ["well,absorbance_450nm,absorbance_620nm"]
    for row in _ROWS:
        for column in range(1, _COLUMNS + 1):
            signal, background = values.uniform(0.05, 2.4), values.uniform(0.03, 0.06)
            lines.append(f"{row}{column:02},{signal:.4f},{background:.4f}")
    return _text(lines)


def _results(plates: list[str], values: random.Random) -> bytes:
    lines = ["sample,plate,well,concentration_ng_ml,call"]
    for number in range(_SAMPLES):
        amount = values.lognormvariate(2.0, 0.8)
        well = f"{_ROWS[number % len(_ROWS)]}{number // len(_ROWS) % _COLUMNS + 1:02}"
        call = "positive" if amount > 12.0 else "negative"  # noqa: PLR2004  a made-up threshold
        lines.append(f"S{number + 1:05},{plates[number % len(plates)]},{well},{amount:.3f},{call}")
    return _text(lines)


def _manifest(folder: Path, day: datetime) -> bytes:
    files = [
        {"name": path.relative_to(folder).as_posix(), "size": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return _json({"export": f"{day:%Y-%m}", "files": files})


def _layout() -> bytes:
    wells = [f"{row}{column:02}" for row in _ROWS for column in range(1, _COLUMNS + 1)]
    return _json({"controls": {"blank": wells[:4], "standard": wells[4:12]}, "samples": wells[12:]})


def _pdf(title: str) -> bytes:
    """Make a PDF of one page with one line of text (ISO 32000-1, 7.5)."""
    page = f"BT /F1 20 Tf 72 760 Td ({title}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        f"<< /Length {len(page)} >>\nstream\n{page}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Font << /F1 5 0 R >> >>",
    )
    text, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(text)}\n%%EOF\n"
    return (f"{text}xref\n0 {size}\n0000000000 65535 f \n{table}{end}").encode("ascii")


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _json(document: object) -> bytes:
    return (json.dumps(document, indent=2) + "\n").encode()


def _write(path: Path, content: bytes, made: datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (made.timestamp(), made.timestamp()))
