"""Calls of channels to a store that has to be waited for, each channel on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import Any

import pytest

from ferrygate.sandbox.store_calls import StoreThreads


def nothing(_result: object = None) -> None:
    pass


def threads_alive() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("sandbox-channel")]


def test_a_call_that_waits_holds_up_no_other_channel() -> None:
    async def both() -> list[str]:
        order: list[str] = []
        released = threading.Event()
        threads = StoreThreads()
        slow, quick = threads.channel(nothing), threads.channel(nothing)
        slow.run(lambda: released.wait(10), lambda _: order.append("slow"))
        quick.end(lambda: order.append("quick"), lambda _: released.set())
        slow.end(nothing, lambda _: order.append("end of slow"))
        await threads.ended()
        return order

    assert asyncio.run(both()) == ["quick", "slow", "end of slow"]
    assert threads_alive() == []


def test_calls_of_a_channel_follow_each_other() -> None:
    async def many() -> list[int]:
        order: list[int] = []
        threads = StoreThreads()
        channel = threads.channel(nothing)
        for number in range(100):
            channel.run(partial(int, number), order.append)
        channel.end(nothing, nothing)
        await threads.ended()
        return order

    assert asyncio.run(many()) == list(range(100))


@pytest.mark.parametrize("failing", ["run", "end"])
def test_an_error_is_told_and_the_thread_ends(failing: str) -> None:
    async def fails() -> tuple[list[str], list[str]]:
        told: list[str] = []
        loop = asyncio.get_running_loop()

        def tell(_loop: object, context: dict[str, Any]) -> None:
            told.append(repr(context["exception"]))

        loop.set_exception_handler(tell)
        failed: list[str] = []
        threads = StoreThreads()
        channel = threads.channel(lambda: failed.append("failed"))
        getattr(channel, failing)(lambda: 1 // 0, nothing)
        if failing == "run":
            channel.end(nothing, nothing)
        await threads.ended()
        return failed, told

    failed, told = asyncio.run(fails())
    assert failed == (["failed"] if failing == "run" else [])
    assert told == ["ZeroDivisionError('integer division or modulo by zero')"]
    assert threads_alive() == []


def test_a_channel_that_asked_for_nothing_is_not_waited_for() -> None:
    async def none() -> None:
        threads = StoreThreads()
        threads.channel(nothing)
        await threads.ended()

    asyncio.run(none())
