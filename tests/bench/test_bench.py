"""The bench itself, with few small files on the loopback."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.clients import OTHER, OURS, Ferrygate, find_peers
from bench.jobs import Access, Client, Command, Job
from bench.judge import judge, problems
from bench.links import loopback
from bench.measure import Bench
from bench.rows import Direction, Row, Workload
from bench.schedule import Patience
from bench.server import running_server

FEW = Workload(name="few", files=20, size=4096)
PROGRAM = Path(sys.executable).with_name("ferrygate")


class Liar:
    """Says it has copied everything, and has copied nothing."""

    name = "liar"
    version_command = ("/bin/true",)

    def command(self, access: Access, job: Job) -> Command:
        return Command(arguments=("/bin/true", access.host, str(job.copy)))


@pytest.fixture
def told() -> list[str]:
    return []


def bench(work: Path, told: list[str], *clients: Client) -> Bench:
    attic = work / "attic"
    attic.mkdir(exist_ok=True)
    return Bench(
        clients=clients,
        rounds=1,
        patience=Patience(first=20),
        work=work,
        attic=attic,
        tell=told.append,
    )


@pytest.mark.parametrize("direction", list(Direction))
def test_a_row_is_measured_and_its_bytes_are_compared(
    direction: Direction, tmp_path: Path, told: list[str]
) -> None:
    sftp = find_peers(tmp_path)["sftp"]
    assert sftp is not None
    row = Row(title="few", workload=FEW, direction=direction)
    state = tmp_path / "state"
    state.mkdir()
    with loopback() as link, running_server(link, state, None) as access:
        report = bench(tmp_path, told, Ferrygate(PROGRAM), sftp).measure(row, link, access)
    problems = {name: each.runs[0].problem for name, each in report.clients.items()}
    assert problems == {OURS: "", "sftp": ""}
    verdict = judge(report)
    assert verdict.best_peer == "sftp"
    assert verdict.ratio is not None
    assert [line.split(":")[0] for line in told] == [
        f"loopback {row.name} ferrygate",
        f"loopback {row.name} sftp",
    ]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["attic", "data", "state"]


def test_two_checkouts_meet_the_same_server_each_with_a_home_of_its_own(
    tmp_path: Path, told: list[str]
) -> None:
    row = Row(title="few", workload=FEW, direction=Direction.UP)
    state = tmp_path / "state"
    state.mkdir()
    with loopback() as link, running_server(link, state, None) as access:
        left = access.home / OTHER / "of another row"
        left.mkdir(parents=True)
        both = bench(tmp_path, told, Ferrygate(PROGRAM), Ferrygate(PROGRAM, OTHER))
        report = both.measure(row, link, access)
        homes = {name: (access.home / name).exists() for name in (OURS, OTHER)}
    assert problems(report) == []
    assert homes == {OURS: True, OTHER: True}
    assert not left.exists()


def test_a_client_that_copies_nothing_is_found_out(tmp_path: Path, told: list[str]) -> None:
    row = Row(title="few", workload=FEW, direction=Direction.UP)
    state = tmp_path / "state"
    state.mkdir()
    with loopback() as link, running_server(link, state, None) as access:
        report = bench(tmp_path, told, Liar()).measure(row, link, access)
    assert report.clients["liar"].runs[0].problem == "few is not there"
