"""Names the places of Ferrygate where one function leaves something for another.

Where a function calls another, the interpreter tells of it. Here is what it cannot know: that what
one function puts into a queue is what another one takes from there. A place that is renamed is to
be renamed here; :mod:`walks.test_table` tells of names that are in the code no more.
"""

from __future__ import annotations

from walks.paths import Link
from walks.tracer import HandOver

HAND_OVERS = (
    # Between the engine's thread and those who ask it.
    HandOver(put="ferrygate.common.inbox:Inbox.post", what="callback"),
    HandOver(
        put="ferrygate.app.bridge.engine_bridge:EngineBridge._tell",
        what="event",
        taken="ferrygate.app.bridge.engine_bridge:EngineBridge._drain",
    ),
    HandOver(
        put="ferrygate.engine.engine:Engine._tell",
        what="event",
        taken="ferrygate.engine.client:EngineClient._wait",
        is_answer=True,
    ),
    # Between the engine's thread and lanes.
    HandOver(put="ferrygate.transfers.schedule.lane:Lane.submit", what="job"),
    HandOver(
        put="ferrygate.transfers.schedule.work_queue:WorkQueue.put",
        what="item",
        taken="ferrygate.transfers.schedule.work_queue:WorkQueue.take",
    ),
    HandOver(put="ferrygate.engine.queue.report_queue:ReportQueue.put", what="report"),
    # On a lane: coroutines, requests that wait to be sent, and replies.
    HandOver(put="ferrygate.sftp.channel:SftpChannel.run", what="work", link=Link.LATER),
    HandOver(put="ferrygate.sftp.channel:SftpChannel.spawn", what="coroutine", link=Link.LATER),
    HandOver(
        put="ferrygate.sftp.channel:SftpChannel._enqueue",
        what="body",
        taken="ferrygate.ssh.stream:ChannelStream.send",
        by="data",
        link=Link.LATER,
    ),
    HandOver(
        put="ferrygate.ssh.stream:ChannelStream.flush",
        what="self",
        taken="ferrygate.ssh.stream:ChannelStream.recv",
        by="self",
        is_returned=True,
        is_answer=True,
    ),
    HandOver(
        put="ferrygate.sftp.channel:SftpChannel._wake",
        what="future.waiter",
        taken="ferrygate.sftp.channel:SftpChannel._step",
        by="task",
        link=Link.LATER,
        is_answer=True,
    ),
    # In the window: what has changed, until a turn is over, and then until it is rendered.
    HandOver(
        put="ferrygate.app.presenters.observable:Observable._changed",
        what="self",
        taken="ferrygate.app.presenters.observable:Observable._changed",
        by="self",
        kept_while="self._holds",
        link=Link.LATER,
    ),
    HandOver(
        put="ferrygate.app.render_pace:RenderPace._mark",
        what="views.render",
        link=Link.LATER,
    ),
)

_BY_HAND = ("ferrygate.app.automation",)  # works the window in place of a person
_SERVER = ("ferrygate.sandbox", "ferrygate.identity")


def is_ours(module: str) -> bool:
    """Tell whether a module is part of the client, by its name."""
    return f"{module}.".startswith("ferrygate.") and not module.startswith(_BY_HAND + _SERVER)
