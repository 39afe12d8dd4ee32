"""Asks before work that is under way is left: closing the window, signing out, another site."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

import msgspec

from ferrygate.app.presenters.observable import Observable
from ferrygate.common.i18n import _, ngettext, render
from ferrygate.common.text import size_text
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.transfers import BatchChanged
from ferrygate.transfers.views import BatchId, BatchView, Direction
from ferrygate.transfers.words import batch_title


class Leaving(Enum):
    """Names what a person is about to do."""

    CLOSE = "close"
    SIGN_OUT = "sign-out"
    SWITCH = "switch"


class LeavingView(msgspec.Struct, frozen=True):
    """The question.

    Attributes:
        title: what is under way.
        words: what would be lost.
        stay: the words on the button that changes nothing.
        leave: those on the one that does what the person was about to do.
    """

    title: str
    words: str
    stay: str
    leave: str


class LeavingPresenter(Observable):
    """Follows what is under way, and asks where something would be lost.

    What has ended needs nobody any more, be it delivered, cancelled or in need of attention: no
    question is asked for it. A batch whose question about a name is not answered yet is under way,
    as its files would not be sent.
    """

    def __init__(self) -> None:
        super().__init__()
        self._under_way: dict[BatchId, BatchView] = {}
        self._asked: tuple[Leaving, Callable[[], object]] | None = None

    @property
    def view(self) -> LeavingView | None:
        """Ask the question; it follows what goes on meanwhile. ``None`` if none is asked."""
        if self._asked is None:
            return None
        leaving, _go = self._asked
        late = [view for view in self._under_way.values() if _is_only_late(view)]
        moving = [view for view in self._under_way.values() if not _is_only_late(view)]
        stops = bool(moving)
        if not self._under_way:
            return LeavingView(_("Nothing is under way any more."), "", _("Stay"), _leave(leaving))
        title = _("Everything is delivered.")
        if stops:
            title = ngettext(
                "{count} transfer is under way.", "{count} transfers are under way.", len(moving)
            ).format(count=len(moving))
        words = [*_lost(moving), *_unchecked(view.files_late for view in (*moving, *late))]
        button = _leave_and_stop(leaving) if stops else _leave(leaving)
        return LeavingView(title, " ".join(words), _("Keep going"), button)

    def may_go(self, leaving: Leaving, go: Callable[[], object]) -> bool:
        """Tell whether nothing would be lost; else ask, and ``go`` if the person wants it so.

        Doing it once more while the question stands is no answer: somebody who clicks twice would
        lose everything. The newest wish is what is asked about.
        """
        if not self._under_way:
            if self._asked is not None:
                self.stay()
            return True
        self._asked = leaving, go
        self._changed()
        return False

    def leave(self, leaving: Leaving, go: Callable[[], object]) -> None:
        """Do it, now or once the person agrees."""
        if self.may_go(leaving, go):
            go()

    def stay(self) -> None:
        """Keep going."""
        self._asked = None
        self._changed()

    def go(self) -> None:
        """Do what was asked about."""
        asked, self._asked = self._asked, None
        self._changed()
        if asked is not None:
            asked[1]()

    def handle(self, event: Event) -> None:
        """Follow batches."""
        if not isinstance(event, BatchChanged):
            return
        view = event.view
        if view.finished or view.stopping:
            self._under_way.pop(view.batch, None)
        else:
            self._under_way[view.batch] = view
        if self._asked is not None:
            self._changed()


def _is_only_late(view: BatchView) -> bool:
    """Tell whether all is delivered, and some of it is only asked about once more."""
    ended = view.files_finished + view.files_late
    return not view.walking and view.files_late > 0 and ended >= view.files_total


def _lost(views: list[BatchView]) -> list[str]:
    """Say what would not arrive, for each direction."""
    words = []
    for direction in Direction:
        of_it = [view for view in views if view.direction is direction]
        if of_it and direction is Direction.UPLOAD:
            words.append(_("{amount} would not be sent.").format(amount=_amount(of_it)))
        elif of_it:
            words.append(_("{amount} would not be fetched.").format(amount=_amount(of_it)))
    return words


def _amount(views: list[BatchView]) -> str:
    """Name what is left to move, after the batch that has most of it left."""
    largest = max(views, key=_left)
    what = render(batch_title(largest))
    others = len(views) - 1
    if others:
        what = ngettext(
            "{title} and {count} other transfer", "{title} and {count} other transfers", others
        ).format(title=what, count=others)
    left = sum(map(_left, views))
    if not left:
        return what
    if any(view.walking for view in views):
        return _("More than {size} of {what}").format(size=size_text(left), what=what)
    return _("{size} of {what}").format(size=size_text(left), what=what)


def _left(view: BatchView) -> int:
    return max(0, view.bytes_total - view.bytes_moved)


def _unchecked(counts: Iterable[int]) -> list[str]:
    """Say that late checks would be left out: the files are there, but nobody looks again."""
    late = sum(counts)
    if not late:
        return []
    return [
        ngettext(
            "{count} file is delivered, but the line was lost while it was sent, and it would not"
            " be checked again.",
            "{count} files are delivered, but the line was lost while they were sent, and they"
            " would not be checked again.",
            late,
        ).format(count=late)
    ]


def _leave(leaving: Leaving) -> str:
    match leaving:
        case Leaving.CLOSE:
            return _("Close")
        case Leaving.SIGN_OUT:
            return _("Sign out")
        case Leaving.SWITCH:
            return _("Switch")


def _leave_and_stop(leaving: Leaving) -> str:
    match leaving:
        case Leaving.CLOSE:
            return _("Close and stop")
        case Leaving.SIGN_OUT:
            return _("Sign out and stop")
        case Leaving.SWITCH:
            return _("Switch and stop")
