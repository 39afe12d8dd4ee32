"""One row on one link: every client's commands, timed and checked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.jobs import Access, Client, Command, Job
from bench.links import Link
from bench.report import Measured, RowReport, Run
from bench.rows import Direction, Row
from bench.schedule import Patience, take_turns
from bench.workloads import clear, difference, listing_difference, prepare

_TESTS = Path(__file__).parents[1]
_TAIL = 300  # characters of what a failed command said last


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Holds the settings that all rows share.

    Attributes:
        clients: ours first.
        rounds: how often each is to be run.
        patience: how long each may take.
        work: a folder of this checkout, for files that are moved.
        attic: a folder on the same disk, for files that are to be removed at the end.
        tell: takes a line about what has just been measured.
    """

    clients: tuple[Client, ...]
    rounds: int
    patience: Patience
    work: Path
    attic: Path
    tell: Callable[[str], None]

    def measure(self, row: Row, link: Link, access: Access) -> RowReport:
        """All runs of one row."""
        source = prepare(row.workload, self.work / "data", os.urandom).resolve()
        with tempfile.TemporaryDirectory(dir=self.work, prefix="target-") as scratch:
            job = Job(
                direction=row.direction,
                source=source,
                target=Path(scratch).resolve() / "target",
                is_folder=row.workload.is_folder,
                connections=row.workload.connections,
            )
            commands = {client.name: client.command(access, job) for client in self.clients}
            for name in commands:
                _forget(access.home / name)

            def run(name: str, limit: float) -> Run:
                done = self._run(commands[name], link, access, job, row, limit)
                self.tell(f"{link.report.name} {row.name} {name}: {_in_words(done)}")
                return done

            runs = take_turns(tuple(commands), self.rounds, run, self.patience)
        floor = row.floors.get(link.report.name)
        return RowReport(
            name=row.name,
            title=row.title,
            link=link.report.name,
            most=floor.most if floor else None,
            aim=floor.aim if floor else None,
            clients={
                name: Measured(
                    command=command.arguments,
                    scripts=tuple(command.scripts.values()),
                    runs=tuple(runs[name]),
                )
                for name, command in commands.items()
            },
        )

    def _run(
        self, command: Command, link: Link, access: Access, job: Job, row: Row, limit: float
    ) -> Run:
        printed, said = access.home / "stdout", access.home / "stderr"
        for path, text in command.scripts.items():
            path.write_text(text, encoding="utf-8")
        clear(job.target, self.attic)
        outcome = timed(
            link.client_prefix,
            {
                "arguments": command.arguments,
                "environment": _environment(access, command),
                "output": str(printed),
                "errors": str(said),
                "limit_seconds": limit,
            },
        )
        problem = ""
        if outcome["stopped"]:
            problem = f"stopped after {limit:.0f} s"
        elif outcome["status"] != 0:
            text = said.read_text(encoding="utf-8", errors="replace").strip()
            problem = f"ended with status {outcome['status']}: {text[-_TAIL:]}"
        elif row.direction is Direction.LIST:
            problem = listing_difference(row.workload, printed)
        else:
            problem = difference(job.source, job.copy)
        clear(job.target, self.attic)
        return Run(
            seconds=outcome["seconds"],
            user_seconds=outcome["user_seconds"],
            system_seconds=outcome["system_seconds"],
            peak_rss_bytes=outcome["peak_rss_bytes"],
            stopped=outcome["stopped"],
            problem=problem,
        )


def timed(prefix: Iterable[str], task: dict[str, object]) -> dict[str, Any]:
    """Run a task of :mod:`bench.timed` at the far side of ``prefix``, and give its outcome."""
    with subprocess.Popen(
        [*prefix, sys.executable, "-S", "-m", "bench.timed"],
        env={"PYTHONPATH": str(_TESTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            printed, _said = process.communicate(json.dumps(task))
        except BaseException:
            process.terminate()  # not killed: it ends what it has started
            raise
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    outcome: dict[str, Any] = json.loads(printed)
    return outcome


def _environment(access: Access, command: Command) -> dict[str, str]:
    """Nothing of the person's own."""
    return {
        "HOME": str(access.home),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        **command.environment,
    }


def _forget(folder: Path) -> None:
    """Remove what a client has learned in other rows, such as known hosts and the ledger."""
    if folder.exists():
        shutil.rmtree(folder)


def _in_words(run: Run) -> str:
    processor = run.user_seconds + run.system_seconds
    peak = run.peak_rss_bytes / (1 << 20)
    words = f"{run.seconds:.2f} s, processor {processor:.2f} s, peak {peak:.0f} MiB"
    return f"{words}: {run.problem}" if run.problem else words
