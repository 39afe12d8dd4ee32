"""The commands, as people would type them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.clients import (
    OTHER,
    OURS,
    Ferrygate,
    Lftp,
    OpenSsh,
    Psftp,
    Rclone,
    find_peers,
    find_program,
)
from bench.jobs import Access, Client, Job
from bench.rows import Direction

ACCESS = Access(
    host="127.0.0.1",
    port=2022,
    username="ada",
    private_key=Path("/k/id"),
    putty_key=Path("/k/id.ppk"),
    known_hosts=Path("/k/known"),
    fingerprints=("SHA256:a", "SHA256:b"),
    connection_file=Path("/k/bench.ferrygate"),
    home=Path("/k"),
)
CLIENTS: list[Client] = [
    Ferrygate(Path("/bin/ferrygate")),
    OpenSsh(Path("/bin/sftp")),
    Lftp(Path("/bin/lftp"), Path("/bin/ssh")),
    Rclone(Path("/bin/rclone")),
    Psftp(Path("/bin/psftp")),
]


def job(direction: Direction, *, is_folder: bool = True) -> Job:
    return Job(
        direction=direction,
        source=Path("/data/many"),
        target=Path("/t"),
        is_folder=is_folder,
        connections=10,
    )


def orders(client: Client, what: Job) -> str:
    """Give the last line of what a client is told, by argument or by script."""
    command = client.command(ACCESS, what)
    for script in command.scripts.values():
        return script.splitlines()[-1]
    return " ".join(command.arguments)


@pytest.mark.parametrize(
    ("name", "up", "down", "listing"),
    [
        ("sftp", 'put -r "/data/many" "/t/"', 'get -r "/data/many" "/t/"', 'ls -1 -f "/data/many"'),
        (
            "psftp",
            'put -r "/data/many" "/t/many"',
            'get -r "/data/many" "/t/many"',
            'ls "/data/many"',
        ),
        (
            "lftp",
            'mirror -R --no-perms --parallel=10 "/data/many" "/t/many"',
            'mirror --no-perms --parallel=10 "/data/many" "/t/many"',
            'cls -1 "/data/many/"',
        ),
        (
            "rclone",
            "copy /data/many :sftp:/t/many",
            "copy :sftp:/data/many /t/many",
            "lsf :sftp:/data/many",
        ),
        (
            "ferrygate",
            "put /k/bench.ferrygate /data/many /t",
            "get /k/bench.ferrygate /data/many /t",
            "ls --unsorted /k/bench.ferrygate /data/many",
        ),
    ],
)
def test_what_each_is_told(name: str, up: str, down: str, listing: str) -> None:
    client = next(each for each in CLIENTS if each.name == name)
    assert orders(client, job(Direction.UP)).endswith(up)
    assert orders(client, job(Direction.DOWN)).endswith(down)
    assert orders(client, job(Direction.LIST)).endswith(listing)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_one_file_is_told_as_one(client: Client) -> None:
    for direction in (Direction.UP, Direction.DOWN):
        told = orders(client, job(direction, is_folder=False))
        assert " -r " not in told
        assert "mirror" not in told
        assert "/data/many" in told


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_every_client_is_given_the_key_and_the_servers_keys(client: Client) -> None:
    command = client.command(ACCESS, job(Direction.UP))
    told = " ".join((*command.arguments, *command.scripts.values()))
    given = {
        "ferrygate": ["/k/bench.ferrygate"],
        "psftp": ["-i /k/id.ppk", "-hostkey SHA256:a", "-hostkey SHA256:b", "-batch"],
        "rclone": ["--sftp-key-file /k/id", "--sftp-known-hosts-file /k/known"],
    }.get(client.name, ["-i /k/id", "UserKnownHostsFile=/k/known", "StrictHostKeyChecking=yes"])
    assert [each for each in given if each not in told] == []


def test_two_checkouts_of_ours_learn_nothing_of_each_other() -> None:
    program, what = Path("/bin/ferrygate"), job(Direction.UP)
    ours, other = (Ferrygate(program, name).command(ACCESS, what) for name in (OURS, OTHER))
    assert ours.arguments == other.arguments
    assert ours.environment == {"FERRYGATE_HOME": "/k/ferrygate"}
    assert other.environment == {"FERRYGATE_HOME": "/k/other"}


def test_one_file_has_one_stream_in_rclone() -> None:
    arguments = Rclone(Path("/bin/rclone")).command(ACCESS, job(Direction.DOWN)).arguments
    assert arguments[arguments.index("--multi-thread-streams") + 1] == "0"


def test_a_program_is_looked_for_in_the_given_folders_first(tmp_path: Path) -> None:
    program = tmp_path / "sh"
    program.touch(mode=0o755)
    assert find_program("sh", [tmp_path]) == program
    assert find_program("sh", [tmp_path / "nowhere"]) not in {None, program}
    assert find_program("no-such-program", [tmp_path]) is None


def test_peers_have_an_order_and_may_be_missing(tmp_path: Path) -> None:
    assert list(find_peers(tmp_path)) == ["rclone", "lftp", "sftp", "psftp"]
    folder = tmp_path / "usr" / "bin"
    folder.mkdir(parents=True)
    (folder / "psftp").touch(mode=0o755)
    assert find_peers(tmp_path)["psftp"] == Psftp(folder / "psftp")
