"""A server that goes away in the midst of a transfer: told while it is away, and not for ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import ferrygate
from e2e.program import Program, connection_file, wait_until
from ferrygate.common.errors import UsageError
from ferrygate.common.paths import Home
from ferrygate.engine.messages.session import SessionChanged, SessionState
from servers.rigs.rig import Rig
from servers.rigs.signing_in import by_key, site_of
from support.cutting_proxy import CuttingProxy


@pytest.fixture
def proxy(openssh: Rig) -> Iterator[CuttingProxy]:
    with CuttingProxy(openssh.port, []) as proxy:
        yield proxy


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(2_000_000))
    return path


def test_a_server_that_does_not_come_back_ends_the_command_in_time(
    bare: Program, openssh: Rig, proxy: CuttingProxy, large: Path, tmp_path: Path
) -> None:
    site = connection_file(tmp_path, site_of(openssh, by_key(openssh)), port=proxy.port)
    target = openssh.home / "lost"
    options = ("--limit-rate", "500K", "--keep-trying", "2", "--json")
    with bare.running("put", site, large, target, *options) as process:
        wait_until((target / "large.bin").exists)
        proxy.__exit__()
        output, told = process.communicate(timeout=30)
    assert process.returncode == 5, told
    *records, error, summary = [json.loads(line) for line in output.splitlines()]
    away = [record for record in records if record["event"] == "connection"]
    assert [record["state"] for record in away[:2]] == ["reconnecting", "reconnecting"]
    assert 0 <= away[1]["next_try_seconds"] <= 2
    assert away[-1]["state"] == "offline"
    assert error["error"]["kind"] == "connection-lost"
    assert (summary["exit"], summary["counts"]["needs-attention"]) == (5, 1)
    assert "Connection lost, next try in 1 s\n" in told
    sentence = "The connection was lost, and has not come back within 2 s."
    assert told.count(sentence) == 1


def test_a_program_is_told_and_the_transfer_goes_on(
    openssh: Rig, proxy: CuttingProxy, large: Path, private_home: Path
) -> None:
    told: list[SessionChanged] = []
    cuts = iter([proxy.cut_all])

    def at_each_event(_event: object) -> None:
        if (openssh.home / "told" / "large.bin").exists():
            next(cuts, lambda: None)()

    site = msgspec.structs.replace(site_of(openssh, by_key(openssh)), port=proxy.port)
    home = Home(private_home)
    with ferrygate.connect(site, home=home, keep_trying=20, on_connection=told.append) as session:
        session.limit_rate(1_000_000)
        result = session.put(large, bytes(openssh.home / "told"), on_event=at_each_event)
    assert result.complete
    assert [change.state for change in told][:2] == [
        SessionState.SIGNED_IN,
        SessionState.RECONNECTING,
    ]
    assert told[-1].state is SessionState.SIGNED_IN


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_a_time_that_is_none_is_wrong_usage(openssh: Rig, seconds: float) -> None:
    with pytest.raises(UsageError):
        ferrygate.connect(site_of(openssh, by_key(openssh)), keep_trying=seconds)
