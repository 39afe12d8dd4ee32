from __future__ import annotations

import os
from pathlib import Path

from ferrygate.sites.arrived_files import arrived_files


def arrive(path: Path, at: int) -> Path:
    path.write_text("format = 1\n")
    os.utime(path, (at, at))
    return path


def test_the_newest_connection_files_of_all_folders_are_found(tmp_path: Path) -> None:
    downloads, desktop = tmp_path / "Downloads", tmp_path / "Desktop"
    downloads.mkdir()
    desktop.mkdir()
    arrive(downloads / "oldest.ferrygate", 1_000)
    expected = (
        arrive(desktop / "d.FERRYGATE", 4_000),
        arrive(downloads / "c.ferrygate", 3_000),
        arrive(desktop / "b.ferrygate", 2_000),
    )
    arrive(downloads / "a.txt", 9_000)
    assert arrived_files([downloads, desktop]) == expected


def test_folders_links_and_what_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "folder.ferrygate").mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    arrive(elsewhere / "real.ferrygate", 1_000)
    (tmp_path / "link.ferrygate").symlink_to(elsewhere / "real.ferrygate")
    assert arrived_files([tmp_path, tmp_path / "missing"]) == ()
