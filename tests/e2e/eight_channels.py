"""Keep eight channels busy, as a window may: ``python eight_channels.py SITE SIZE INTO FILE...``.

Eight files are sent to ``/inbox``, and as many of ``SIZE`` zeros are fetched ``INTO`` a folder, two
by each command; every command has a channel to itself. Prints how many files were delivered.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from queue import SimpleQueue

from ferrygate.bootstrap import make_engine
from ferrygate.common.clock import SystemClock
from ferrygate.common.paths import Home
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.session import OpenSite, SignIn
from ferrygate.engine.messages.transfers import (
    BatchChanged,
    BatchStarted,
    Download,
    FileChanged,
    Upload,
)
from ferrygate.sites.connection_file import read_connection_file
from ferrygate.transfers.views import BatchId, TransferState

_EACH = 2  # files of a batch


def main(file: str, size: str, into: str, *sources: str) -> None:
    """Do it."""
    events: SimpleQueue[Event] = SimpleQueue()
    engine = make_engine(events.put, Home.from_environment(os.environ), SystemClock())
    engine.send(OpenSite(1, read_connection_file(Path(file)), frozenset()))
    engine.send(SignIn(2))
    _delivered(events, {1, 2})
    under_way: set[int | BatchId] = set()
    for number in range(0, len(sources), _EACH):
        few = range(number, number + _EACH)
        upload = Upload(100 + number, sources[number : number + _EACH], b"/inbox")
        fetched = tuple(b"/zeros/%d-%d" % (int(size), one) for one in few)
        engine.send(upload)
        engine.send(Download(200 + number, fetched, into))
        under_way |= {100 + number, 200 + number}
    sys.stdout.write(f"{_delivered(events, under_way)}\n")
    engine.close()


def _delivered(events: SimpleQueue[Event], under_way: set[int | BatchId]) -> int:
    """Count the files delivered until all requests and batches have ended, well."""
    count = 0
    while under_way:
        event = events.get()
        if isinstance(event, FileChanged):
            count += event.view.state is TransferState.DELIVERED
        elif isinstance(event, Failed):
            sys.exit(str(event.problem.sentence))
        elif isinstance(event, Done):
            under_way.discard(event.request)
        elif isinstance(event, BatchStarted):
            under_way.discard(event.request)
            under_way.add(event.batch)
        elif isinstance(event, BatchChanged) and event.view.finished:
            if event.view.problem is not None:
                sys.exit(str(event.view.problem.sentence))
            under_way.discard(event.view.batch)
    return count


if __name__ == "__main__":
    main(*sys.argv[1:])
