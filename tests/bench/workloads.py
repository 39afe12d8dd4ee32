"""The files that are moved, made once and kept, and the proof that they arrived."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from bench.rows import MIB, Workload

RandomBytes = Callable[[int], bytes]

_PIECE = MIB
_FEW = 100  # files
_LISTED = re.compile(rb"\bfile-\d{6}\b")


def prepare(workload: Workload, folder: Path, random_bytes: RandomBytes) -> Path:
    """Find the workload's file or folder below ``folder``, made where it is missing; read it once.

    Args:
        workload: what to make.
        folder: where it is kept from run to run.
        random_bytes: that many bytes which nobody can compress.
    """
    path = folder / workload.name
    shape = f"{workload}\n"
    stamp = folder / f"{workload.name}.complete"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != shape:
        stamp.unlink(missing_ok=True)
        _remove(path)
        folder.mkdir(parents=True, exist_ok=True)
        _make(workload, path, random_bytes)
        stamp.write_text(shape, encoding="utf-8")
    for file in files_below(path):
        _read(file)
    return path


def _make(workload: Workload, path: Path, random_bytes: RandomBytes) -> None:
    if not workload.is_folder:
        _write(path, workload.size, random_bytes)
        return
    path.mkdir()
    for number in range(workload.files):
        place = path
        if workload.folders > 1:
            place = path / f"folder-{number % workload.folders:03}"
            place.mkdir(exist_ok=True)
        _write(place / f"file-{number:06}", workload.size, random_bytes)


def _write(path: Path, size: int, random_bytes: RandomBytes) -> None:
    with path.open("wb") as file:
        for start in range(0, size, _PIECE):
            file.write(random_bytes(min(_PIECE, size - start)))


def _read(path: Path) -> None:
    """Bring it into memory, so that no client pays for the disk."""
    with path.open("rb", buffering=0) as file:
        while file.read(_PIECE):
            pass


def files_below(path: Path) -> list[Path]:
    """Give the files of a folder and its folders; a file is itself."""
    if path.is_file():
        return [path]
    return sorted(
        Path(folder) / name for folder, _folders, names in os.walk(path) for name in names
    )


def difference(source: Path, copy: Path) -> str:
    """Name the first thing in which a copy differs from its source, byte by byte, or nothing."""
    if not copy.exists():
        return f"{copy.name} is not there"
    expected = {file.relative_to(source) for file in files_below(source)}
    found = {file.relative_to(copy) for file in files_below(copy)}
    if expected != found:
        return f"{min(expected ^ found)} is missing or too much"
    for name in sorted(expected):
        if not _same(source / name, copy / name):
            return f"{name} has other bytes"
    return ""


def _same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb", buffering=0) as first, other.open("rb", buffering=0) as second:
        while piece := first.read(_PIECE):
            if piece != second.read(_PIECE):
                return False
    return True


def listing_difference(workload: Workload, printed: Path) -> str:
    """Say what is wrong with a printed list of the workload's names; empty for nothing."""
    found = _LISTED.findall(printed.read_bytes())
    expected = {b"file-%06d" % number for number in range(workload.files)}
    if set(found) != expected:
        return f"{len(set(found) & expected)} of {workload.files} names were listed"
    return "" if len(found) == workload.files else f"{len(found)} lines for {workload.files} names"


def clear(folder: Path, attic: Path) -> None:
    """Make a folder empty, and leave nothing to be written to the disk.

    Args:
        folder: to be emptied, or made.
        attic: on the same disk. Many files are moved there, to be removed when all is measured: an
            ext4 without a journal passes by every inode that was freed in the last minutes when it
            makes a file (Linux, fs/ext4/ialloc.c), so clients would pay for those before them.
    """
    if len(files_below(folder)) > _FEW:
        folder.rename(attic / f"{len(list(attic.iterdir()))}")
    _remove(folder)
    folder.mkdir(parents=True)
    os.sync()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
