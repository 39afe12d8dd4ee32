"""Says what happens in a simulation, and what has to be so in the end."""

from __future__ import annotations

import math

from ferrygate.engine.messages.files import ListFolder
from ferrygate.engine.messages.session import SignOut
from ferrygate.engine.messages.transfers import CancelBatch, RetryBatch
from ferrygate.transfers.part_names import is_part_name
from ferrygate.transfers.views import BatchId, ConflictChoice
from simulation.batches import Transfer, TreeDownload, TreeUpload, draw_transfer
from simulation.client import Client
from simulation.line import Break
from simulation.world import Scenario, World

# In these words the log says where a batch stands as something befalls it.
NOTHING_YET, SOME, TOO_LATE = "before any file", "between files", "after the end"

_LATE_SECONDS = 600.0  # in which the server has given up all that it keeps of lost connections
_REQUESTS = 4  # that a file takes, about, besides those that move its bytes
_REQUEST_BYTES = 32_768  # that one moves
_STEPS = 30  # between an answer of the server and what befalls the program, at most


def upload(world: World) -> None:
    """Send a tree: the server has every byte, and every file is told as delivered."""
    _deliver(world, TreeUpload(world))


def download(world: World) -> None:
    """Fetch a tree: the computer has every byte, and no part is left."""
    _deliver(world, TreeDownload(world))


def _deliver(world: World, transfer: Transfer) -> None:
    """Transfer a tree while a person looks around; what is there already is replaced."""
    old = transfer.put_some_there()
    client = world.start_client()
    client.sign_in()
    choice = ConflictChoice.REPLACE if old else ConflictChoice.FAIL
    batch = transfer.begin(client, choice)
    for _look in range(world.random.randint(0, 3)):
        world.wait_steps(world.random.randint(0, 200))
        client.do(ListFolder, b"/inbox")
    transfer.check_delivered(client.end_of(batch))
    client.close()
    assert transfer.there() == transfer.wanted
    assert len(client.ends(batch)) == 1
    _check_codes(world)


def cancel(world: World) -> None:
    """Cancel a transfer, or sign out, at any moment: it ends once, and what is left is told.

    Nothing half has a final name, but for files whose OPEN on the server was not answered: on a
    server that shows them from then on, they are told as left behind, and are empty. Those that a
    sign-out leaves there may be longer.
    """
    transfer, other = draw_transfer(world), TreeUpload(world, "other")
    client = world.start_client()
    client.sign_in()
    batch = transfer.begin(client)
    beside = other.begin(client) if world.random.random() < 0.5 else None
    _wait_inside(world, transfer, client, batch)
    is_cancelled = world.random.random() < 0.8
    if is_cancelled:
        client.engine.send(CancelBatch(batch))
        end = client.end_of(batch)
        assert not end.walking
        assert end.files_finished == end.files_total
        if beside is not None:
            other.check_delivered(client.end_of(beside))
    else:
        client.do(SignOut)
        end = client.end_of(batch)
    client.close()
    assert len(client.ends(batch)) == 1
    delivered = transfer.delivered(client, batch)
    assert len(delivered) == end.files_delivered
    world.wait(_LATE_SECONDS)
    there = transfer.there()
    half = {name for name in there if there[name] != transfer.wanted[name]}
    assert half <= transfer.left_behind(client, batch)
    assert not (is_cancelled and any(there[name] for name in half))
    assert delivered <= set(there) - half


def reconnect(world: World) -> None:
    """Cut the line under a transfer: it goes on with a new code each time, and ends whole."""
    transfer = draw_transfer(world)
    size = sum(map(len, transfer.tree.values())) + 1000 * len(transfer.tree) + 2000
    for _cut in range(world.random.randint(1, 4)):
        how = world.random.choice((Break.CUT, Break.CUT, Break.SILENT))
        world.break_after(500 + world.random.randrange(size), how)
    client = world.start_client()
    client.sign_in()
    batch = transfer.begin(client)
    transfer.check_delivered(client.end_of(batch))
    assert len(client.ends(batch)) == 1
    if isinstance(transfer, TreeUpload):
        assert transfer.there() == transfer.wanted
    client.close()
    world.wait(_LATE_SECONDS)
    assert transfer.there() == transfer.wanted
    _check_codes(world)


def kill(world: World) -> None:
    """Kill the program, or cut the power, at any moment: the next run brings all in whole.

    What was told as delivered is whole, whatever came. After a kill so is every file that has its
    final name; a power cut may take bytes of those that were not told yet, which get their name
    before they are synced.
    """
    transfer = draw_transfer(world)
    client = world.start_client()
    client.sign_in()
    batch = transfer.begin(client)
    _wait_inside(world, transfer, client, batch)
    client.kill()
    has_power = world.random.random() < 0.5
    if not has_power:
        world.computer.lose_power()
    whole = _check_told(transfer, client, batch)
    if isinstance(transfer, TreeDownload) and has_power:
        assert all(map(_is_part, set(transfer.there()) - whole))
    world.wait(world.random.choice((0.0, 1.0)))  # the server notices the end, or not yet
    _check_told(transfer, client, batch)
    again = world.start_client()
    again.sign_in()
    choice = world.random.choice((ConflictChoice.REPLACE, ConflictChoice.CHANGED))
    end = again.end_of(transfer.begin(again, choice))
    assert end.files_delivered + end.files_skipped == len(transfer.tree)
    assert end.problem is None
    again.close()
    world.wait(_LATE_SECONDS)
    assert transfer.there() == transfer.wanted
    _check_codes(world)


def _is_part(path: str) -> bool:
    return is_part_name(path.rpartition("/")[2])


def retry(world: World) -> None:
    """Cancel a transfer a few times, and try it again: in the end all is there whole."""
    transfer = draw_transfer(world)
    client = world.start_client()
    client.sign_in()
    batch = transfer.begin(client, ConflictChoice.REPLACE)
    times = 1
    for _time in range(world.random.randint(1, 3)):
        _wait_inside(world, transfer, client, batch, times)
        client.engine.send(CancelBatch(batch))
        if not client.end_of(batch, times).can_retry:
            break
        client.do(RetryBatch, batch)
        times += 1
    transfer.check_delivered(client.end_of(batch, times))
    client.close()
    world.wait(_LATE_SECONDS)
    assert transfer.there() == transfer.wanted
    _check_codes(world)


def two(world: World) -> None:
    """Send files of the same names by two programs at once: each file there is one of the two."""
    one = TreeUpload(world)
    other = TreeUpload(world, names=one.tree, above="/elsewhere")
    one.put_some_there()
    clients = [world.start_client(), world.start_client()]
    for client in clients:
        client.sign_in()
    batches = [
        transfer.begin(client, ConflictChoice.REPLACE)
        for client, transfer in zip(clients, (one, other), strict=True)
    ]
    for client, batch in zip(clients, batches, strict=True):
        end = client.end_of(batch)
        assert end.problem is None
        assert end.files_delivered == end.files_total == len(one.tree)
        client.close()
    world.wait(_LATE_SECONDS)
    there = one.there()
    assert set(there) == set(one.wanted)
    for name, content in there.items():
        assert content in {one.wanted[name], other.wanted[name]}, name
    _check_codes(world)


SCENARIOS: dict[str, Scenario] = {
    scenario.__name__: scenario
    for scenario in (upload, download, cancel, retry, reconnect, kill, two)
}


def _wait_inside(
    world: World, transfer: Transfer, client: Client, batch: BatchId, times: int = 1
) -> None:
    """Wait for a moment of a batch that was just begun (again), and log where the batch stands.

    The moment is drawn by the server's answers, as the time and the steps that a file takes differ
    widely from line to line.
    """
    told = transfer.delivered(client, batch)
    left = [content for name, content in transfer.wanted.items() if name not in told]
    count = sum(_REQUESTS + math.ceil(len(content) / _REQUEST_BYTES) for content in left)
    late = round(world.random.triangular(0, count, count))  # where most files are under way or told
    client.wait_requests(batch, late, times)
    world.wait_steps(world.random.randint(0, _STEPS))
    stands = SOME if transfer.delivered(client, batch) > told else NOTHING_YET
    is_over = len(client.ends(batch)) >= times
    world.scheduler.note(f"comes {TOO_LATE if is_over else stands}")
    _check_told(transfer, client, batch)


def _check_told(transfer: Transfer, client: Client, batch: BatchId) -> set[str]:
    """Check that what was told as delivered is there whole; returns the names of all that is."""
    there = transfer.there()
    whole = {name for name in there if there[name] == transfer.wanted.get(name)}
    assert transfer.delivered(client, batch) <= whole
    return whole


def _check_codes(world: World) -> None:
    """Check that the server was sent no code twice, and refused nothing."""
    assert world.account.refusals == []
    assert len(set(world.account.steps)) == len(world.account.steps)
