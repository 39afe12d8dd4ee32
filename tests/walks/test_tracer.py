"""The tracer tells the known hops of a small program."""

from __future__ import annotations

from collections.abc import Callable

from walks.paths import Link, Node, counted, path_to
from walks.sample import front
from walks.sample.back import Back
from walks.sample.inbox import Inbox, Shelf
from walks.sample.loop import Loop
from walks.tracer import HandOver, Tracer

_SAMPLE = "walks.sample."
_SERVE = f"{_SAMPLE}back:Back.serve"
_SIGNS = {Link.CALL: "", Link.THREAD: "=> ", Link.LATER: "", Link.RETURNED: "<- "}
_POST = HandOver(put=f"{_SAMPLE}inbox:Inbox.post", what="call")
_SHELF = HandOver(put=f"{_SAMPLE}inbox:Shelf.put", what="thing", taken=f"{_SAMPLE}inbox:Shelf.take")
_KEPT = HandOver(
    put=f"{_SAMPLE}back:Back.keep",
    what="data",
    taken=f"{_SAMPLE}back:send",
    by="data",
    link=Link.LATER,
)
_RUN = HandOver(put=f"{_SAMPLE}loop:Loop.run", what="work", link=Link.LATER)

_NOTE = HandOver(
    put=f"{_SAMPLE}back:Back.note",
    what="self",
    taken=f"{_SAMPLE}back:Back.note",
    by="self",
    kept_while="self.is_held",
    link=Link.LATER,
)


def _is_sample(module: str) -> bool:
    return module.startswith(_SAMPLE)


class Traced:
    """A tracer of the sample, and the calls of its effect."""

    def __init__(self, *hand_overs: HandOver, effect: str = _SERVE, mark: bytes = b"") -> None:
        self.tracer = Tracer(hand_overs, _is_sample, mark)
        self.ends: list[Node] = []
        self.tracer.watch(effect, lambda node, _values: self.ends.append(node))

    def do(self, act: Callable[[], object]) -> None:
        with self.tracer.tracing(), self.tracer.act("act"):
            act()

    def path(self, begins: str = "act", *, back: bool = False) -> list[str]:
        """Return the path to the first effect, each hop with its number."""
        steps = path_to(self.ends[0], lambda node: node.place.function == begins, back=back)
        return [
            f"{hop.number or '-'} {_SIGNS.get(hop.link, '~ ')}"
            f"{hop.place.module.removeprefix(_SAMPLE)}.{hop.place.function}"
            for hop in counted(steps)
        ]


def test_a_call_within_a_module_is_no_hop_and_what_happens_meanwhile_is_left_out() -> None:
    traced, inbox, back = Traced(_POST), Inbox(), Back()

    def act() -> None:
        inbox.start()
        front.click(inbox, back)
        inbox.close()

    traced.do(act)
    assert traced.path() == [
        "- .act",
        "1 front.click",
        "2 inbox.Inbox.post",
        "3 => front.click.<locals>.<lambda>",
        "- front._do",
        "4 back.Back.serve",
    ]


def test_a_thread_is_handed_over_to_by_who_starts_it() -> None:
    traced, inbox, back = Traced(), Inbox(), Back()

    def act() -> None:
        inbox.start()
        inbox.post(lambda: back.serve(b""))
        inbox.close()

    traced.do(act)
    assert traced.path() == [
        "- .act",
        "1 inbox.Inbox.start",
        "2 => inbox.Inbox._work_off",
        "3 back.Back.serve",
    ]


def test_a_thing_that_was_put_somewhere_is_taken_for_who_put_it_there() -> None:
    traced, shelf, back = Traced(_SHELF), Shelf(), Back()
    thing = object()
    with traced.tracer.tracing():
        with traced.tracer.act("act"):
            front.lay(shelf, thing)
        back.look(shelf)
    assert traced.path() == [
        "- .act",
        "1 front.lay",
        "2 inbox.Shelf.put",
        "3 => inbox.Shelf.take",
        "- <- back.Back._next",
        "- <- back.Back.look",
        "- back.Back.serve",
    ]


def test_a_shelf_that_is_empty_leads_nowhere() -> None:
    traced, shelf, back = Traced(_SHELF), Shelf(), Back()
    with traced.tracer.tracing():
        with traced.tracer.act("act"):
            front.lay(shelf, object())
        shelf.take()
        back.look(shelf)
    assert traced.ends == []


def test_what_a_library_calls_is_called_by_who_called_the_library() -> None:
    traced = Traced()
    traced.do(lambda: front.sort(["one"], Back()))
    assert traced.path() == ["- .act", "1 front.sort", "2 back.Back.weigh", "- back.Back.serve"]


def test_bytes_are_known_by_their_mark_when_they_are_copied() -> None:
    traced = Traced(_KEPT, effect=f"{_SAMPLE}back:send", mark=b"mark")
    traced.do(lambda: front.hand_in(Back(), b"a mark."))
    assert traced.path() == ["- .act", "1 front.hand_in", "2 back.Back.keep", "- back.send"]


def test_what_is_put_aside_for_a_time_is_done_for_who_asked_and_not_for_who_ends_the_time() -> None:
    traced, back = Traced(_NOTE), Back()
    with traced.tracer.tracing():
        back.is_held = True
        with traced.tracer.act("act"):
            front.note(back)
        front.end_turn(back)
    assert traced.path() == [
        "- .act",
        "1 front.note",
        "2 back.Back.note",
        "- back.Back.note",
        "- back.Back.serve",
    ]


def test_a_coroutine_is_called_by_who_made_it() -> None:
    traced, loop = Traced(_RUN), Loop()
    traced.do(lambda: front.drive(Back(), loop.run))
    with traced.tracer.tracing():
        loop.answer()
    assert traced.path() == ["- .act", "1 front.drive", "2 back.Back.work", "- back.Back.serve"]


def test_the_way_back_begins_where_the_answer_of_a_coroutine_came_in() -> None:
    traced, loop = Traced(_RUN), Loop()
    traced.do(lambda: front.drive(Back(), loop.run))
    with traced.tracer.tracing():
        loop.answer()
    assert traced.path("Loop.answer", back=True) == [
        "- loop.Loop.answer",
        "- loop.Loop._step",
        "1 ~ back.Back._prepare",
        "- <- back.Back.work",
        "- back.Back.serve",
    ]


def test_a_path_has_to_begin_somewhere() -> None:
    traced, back = Traced(), Back()
    traced.do(lambda: back.serve(b""))
    assert traced.path("nowhere") == []
