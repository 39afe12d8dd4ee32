"""A limit on bytes a second: held over time, by however many, and within each file."""

from __future__ import annotations

import heapq
import threading
from itertools import count, pairwise

import pytest

from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.schedule.rate_limiter import RateLimiter
from ferrygate.transfers.upload import upload
from support.fake_clock import ManualClock
from support.transfer_rig import Reports, TransferRig

MB = 1_000_000


class Movers:
    """Several who move pieces as soon as they may, in simulated time."""

    def __init__(self, limiter: RateLimiter, clock: ManualClock, *pieces: int) -> None:
        self._limiter = limiter
        self._clock = clock
        self._due = [(clock.time, index, size) for index, size in enumerate(pieces)]
        self.moved = [0] * len(pieces)

    def go_on(self, seconds: float) -> int:
        """Let so much time pass; returns how many bytes went in it."""
        before, end = sum(self.moved), self._clock.time + seconds
        while self._due[0][0] < end:
            self._clock.time, index, size = heapq.heappop(self._due)
            wait = self._limiter.spend(size)
            self.moved[index] += size
            # Nothing takes no time at all, not even where there is no limit.
            heapq.heappush(self._due, (self._clock.time + max(wait, 0.001), index, size))
        self._clock.time = end
        return sum(self.moved) - before


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1000.0)


@pytest.mark.parametrize(
    "pieces", [(32_768,), (32_768,) * 8, (1024, 261_120, 50_000), (1024,) * 50, (1024,) * 200]
)
@pytest.mark.parametrize("rate", [MB, 10 * MB])
def test_a_limit_holds_over_time(clock: ManualClock, rate: int, pieces: tuple[int, ...]) -> None:
    movers = Movers(RateLimiter(clock, SystemThreads(), rate), clock, *pieces)
    movers.go_on(5)
    moved = movers.go_on(60)
    assert moved == pytest.approx(60 * rate, rel=0.05)


def test_nobody_is_left_behind(clock: ManualClock) -> None:
    movers = Movers(RateLimiter(clock, SystemThreads(), MB), clock, *[25_000] * 10)
    movers.go_on(60)
    assert min(movers.moved) > 0.9 * max(movers.moved)


def test_no_limit_is_no_wait(clock: ManualClock) -> None:
    limiter = RateLimiter(clock, SystemThreads(), None)
    assert [limiter.spend(1 << 40) for _time in range(5)] == [0.0] * 5
    assert limiter.request_size(261_120) == 261_120


def test_a_pause_is_made_up_for_by_no_more_than_a_tenth_of_a_second(clock: ManualClock) -> None:
    movers = Movers(RateLimiter(clock, SystemThreads(), MB), clock, 10_000)
    movers.go_on(10)
    clock.time += 3600
    movers._due = [(clock.time, 0, 10_000)]
    assert movers.go_on(1) == pytest.approx(1.1 * MB, rel=0.02)


def test_another_limit_holds_from_then_on(clock: ManualClock) -> None:
    limiter = RateLimiter(clock, SystemThreads(), MB)
    movers = Movers(limiter, clock, *[25_000] * 4)
    movers.go_on(10)
    limiter.limit(4 * MB)
    movers.go_on(1)
    assert movers.go_on(20) == pytest.approx(80 * MB, rel=0.05)
    limiter.limit(MB // 2)
    movers.go_on(1)
    assert movers.go_on(20) == pytest.approx(10 * MB, rel=0.05)


def test_a_limit_that_is_lifted_is_gone(clock: ManualClock) -> None:
    limiter = RateLimiter(clock, SystemThreads(), 1000)
    limiter.spend(100_000)
    limiter.limit(None)
    assert limiter.spend(1 << 30) == 0.0
    limiter.limit(1000)
    assert limiter.spend(1000) == 0.0  # no debt is left of the time before
    assert limiter.spend(1000) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("rate", "piece"), [(100, 1024), (40_000, 10_000), (100_000, 25_000), (10 * MB, 261_120)]
)
def test_a_piece_is_what_goes_in_a_quarter_of_a_second(
    clock: ManualClock, rate: int, piece: int
) -> None:
    assert RateLimiter(clock, SystemThreads(), rate).request_size(261_120) == piece


def test_many_threads_share_one_limit(clock: ManualClock) -> None:
    """No byte is forgotten and none counted twice, while no time passes."""
    limiter = RateLimiter(clock, SystemThreads(), 1000)
    waits: list[float] = []

    def spend_often() -> None:
        waits.extend(limiter.spend(10) for _time in range(500))

    threads = [threading.Thread(target=spend_often) for _thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == pytest.approx([number * 0.01 for number in range(4000)])
    assert limiter.spend(1) == pytest.approx(40.0)


# ---------------------------------------------------------------- within files

SIZE = 1_000_000


class Paced:
    """Files that move over one channel, at a limit of 100,000 bytes a second."""

    def __init__(self, desk: TransferRig) -> None:
        self.desk = desk
        self.clock = desk.rig.stream.clock
        desk.limit = 100_000
        desk.new_part_name = (f".ferrygate-{number}.part" for number in count()).__next__
        self.moves: list[tuple[float, int, int]] = []  # when, which file, how far

    def report(self, number: int) -> Reports:
        reports = Reports()
        reports.then = lambda _state, moved: self.moves.append((self.clock.time, number, moved))
        return reports

    def move(self, way: str, count: int) -> float:
        """Move files at a time; returns the seconds it took."""
        desk, channel = self.desk, self.desk.channel()

        async def work() -> None:
            tasks = []
            for number in range(count):
                name = f"{number}.bin"
                local, remote = str(desk.folder / name), b"/inbox/" + name.encode()
                job = FileJob(number=number, local=local, remote=remote, size=SIZE)
                if way == "up":
                    desk.write(name, bytes(SIZE))
                    one = upload(channel, job, self.report(number), UploadCheckpoint())
                else:
                    desk.server.files[remote] = bytearray(SIZE)
                    one = desk.fetching(channel, job, self.report(number))
                tasks.append(desk.rig.channel.spawn(one))
            for task in tasks:
                await task

        began = self.clock.time
        desk.rig.run(work())
        return self.clock.time - began


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("count", [1, 3])
def test_files_keep_to_the_limit(desk: TransferRig, way: str, count: int) -> None:
    took = Paced(desk).move(way, count)
    assert took == pytest.approx(10 * count, rel=0.05)


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("count", [1, 3])
def test_progress_is_told_as_it_is_made(desk: TransferRig, way: str, count: int) -> None:
    paced = Paced(desk)
    paced.move(way, count)
    for number in range(count):
        times = [at for at, of, _moved in paced.moves if of == number]
        gaps = [later - sooner for sooner, later in pairwise(times)]
        assert max(gaps) < 1.0 * count


def test_many_slow_downloads_do_not_wait_for_each_other_for_ever(desk: TransferRig) -> None:
    """The window closes while some wait for their turn: nobody keeps what others wait for."""
    paced = Paced(desk)
    desk.in_flight = 1 << 20
    assert paced.move("down", 12) == pytest.approx(120, rel=0.05)
