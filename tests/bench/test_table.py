"""The report as people read it."""

from __future__ import annotations

import pytest

from bench.readme import BEGIN, END, with_table
from bench.sample_reports import measured, report, row, run
from bench.table import full_table, short_table


def cells(table: str, start: str) -> list[str]:
    line = next(line for line in table.splitlines() if line.startswith(f"| {start} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_row_has_every_client_the_ratio_and_the_floor() -> None:
    table = full_table(
        report(
            row(
                measured(1.0, 1.1, 1.2),
                sftp=measured(2.0, 2.2, 2.1),
                lftp=measured(12.34),
                psftp=measured(run(60.0, stopped=True)),
                most=0.6,
                aim=0.5,
            )
        )
    )
    assert cells(table, "many up") == [
        "many up",
        "1.10 s",
        "-",
        "12.3 s ×1",
        "2.10 s",
        "> 60 s",
        "0.52 (sftp)",
        "≤ 0.60 pass",
        "≤ 0.50 not yet",
    ]


def test_every_row_of_the_table_is_as_wide_as_its_head() -> None:
    table = full_table(report(row(measured(1.0), sftp=measured(2.0))))
    assert {line.count("|") for line in table.splitlines() if line.startswith("|")} == {10}


def test_a_missed_floor_stands_out() -> None:
    table = full_table(report(row(measured(3.0), sftp=measured(2.0), most=0.6, aim=0.5)))
    assert cells(table, "many up")[-3:] == ["1.50 (sftp)", "≤ 0.60 **FAIL**", "≤ 0.50 not yet"]


def test_a_failed_command_stands_out() -> None:
    table = full_table(report(row(measured(run(1.0, "other bytes")), sftp=measured(2.0))))
    assert cells(table, "many up")[1] == "**failed**"


def test_a_bound_is_said_to_be_one() -> None:
    table = full_table(report(row(measured(3.0), sftp=measured(run(60.0, stopped=True)))))
    assert cells(table, "many up")[-3] == "< 0.050"


def test_the_link_and_the_machine_are_named() -> None:
    table = full_table(report(row(measured(1.0))))
    assert "**loopback**: one machine: MTU 9000." in table
    assert "2 cores" in table
    assert "2026-11-25 at 0123456789ab" in table
    assert "sftp 9.2p1" in table


def test_missing_peers_are_named() -> None:
    assert "Not there: lftp, psftp." in full_table(report(missing=("lftp", "psftp")))
    assert "Not there" not in full_table(report())


def test_the_short_table_has_the_best_peer_and_the_date() -> None:
    table = short_table(report(row(measured(1.0), sftp=measured(4.0), lftp=measured(2.0))))
    assert cells(table, "many up") == ["many up", "loopback", "1.00 s", "lftp 2.00 s", "0.50"]
    assert "2026-11-25" in table


def test_the_readme_keeps_all_but_the_table() -> None:
    text = f"# Title\n{BEGIN}old\n{END}rest\n"
    once = with_table(text, "| new |\n")
    assert once == f"# Title\n{BEGIN}\n| new |\n\n{END}rest\n"
    assert with_table(once, "| new |\n") == once


@pytest.mark.parametrize("text", ["# Title\n", f"# Title\n{BEGIN}", END])
def test_a_readme_without_marks_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="marks"):
        with_table(text, "| new |\n")
