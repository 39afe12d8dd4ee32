"""The sandbox's smaller parts: byte budgets, the sign-in log, the home folder's contents."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from ferrygate.sandbox.faults import Budget
from ferrygate.sandbox.records import Counters, SignInLog, SignInRecord
from ferrygate.sandbox.seed import seed


def test_a_budget_is_without_limit_until_told() -> None:
    assert Budget().spend(1 << 40) == (1 << 40, False)


def test_a_budget_cuts_once() -> None:
    budget = Budget()
    budget.limit(10)
    assert budget.spend(6) == (6, False)
    assert budget.spend(6) == (4, True)
    assert budget.spend(6) == (6, False)


def test_a_budget_of_nothing_cuts_at_once() -> None:
    budget = Budget()
    budget.limit(0)
    assert budget.spend(6) == (0, True)


def test_the_log_keeps_records_and_writes_them(tmp_path: Path) -> None:
    log = SignInLog(tmp_path / "log.jsonl")
    record = SignInRecord(
        time=1.0, username="vendor7", outcome="granted", step=7, code_hash=log.hash_of("123456")
    )
    log.append(record)
    assert list(log) == [record]
    assert (len(log), log[-1]) == (1, record)
    text = (tmp_path / "log.jsonl").read_text()
    assert json.loads(text)["outcome"] == "granted"
    assert "123456" not in text


def test_hashes_of_codes_are_equal_within_one_run_only(tmp_path: Path) -> None:
    one, other = SignInLog(tmp_path / "1"), SignInLog(tmp_path / "2")
    assert one.hash_of("123456") == one.hash_of("123456")
    assert one.hash_of("123456") != one.hash_of("123457")
    assert one.hash_of("123456") != other.hash_of("123456")
    assert not one.hash_of("")


def test_counters_keep_the_most() -> None:
    counters = Counters()
    for count in (1, 3, 2):
        counters.saw_channels(count)
    assert counters.max_channels == 3


def contents(home: Path) -> dict[str, tuple[bytes, float]]:
    return {
        path.relative_to(home).as_posix(): (path.read_bytes(), path.stat().st_mtime)
        for path in home.rglob("*")
        if path.is_file()
    }


def test_the_home_is_the_same_in_every_run(tmp_path: Path) -> None:
    seed(tmp_path / "a")
    seed(tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_the_home_is_worth_looking_at(tmp_path: Path) -> None:
    home = tmp_path / "vendor7"
    seed(home)
    files = contents(home)
    assert (home / "inbox").is_dir()
    assert 1 << 20 < sum(len(content) for content, _ in files.values()) < 5 << 20
    export = home / "exports" / "2026-11"
    for entry in json.loads((export / "manifest.json").read_text())["files"]:
        assert (export / entry["name"]).stat().st_size == entry["size"]
    with (export / "results.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 384
    assert len(list((export / "plates").iterdir())) == 4


def test_the_pdf_points_at_its_objects(tmp_path: Path) -> None:
    seed(tmp_path / "vendor7")
    pdf = (tmp_path / "vendor7/exports/2026-11/summary.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-1.4\n")
    table = pdf.index(b"xref\n")
    assert int(pdf.rsplit(b"startxref\n", 1)[1].split()[0]) == table
    rows = pdf[table:].split(b"\n")[3:9]
    for number, row in enumerate(rows, start=1):
        assert pdf[int(row.split()[0]) :].startswith(b"%d 0 obj" % number)


def test_a_home_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    seed(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
