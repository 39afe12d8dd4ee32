"""One batch as a row: words, progress, what can be done."""

from __future__ import annotations

from enum import Enum
from pathlib import PurePath

import msgspec

from ferrygate.app.presenters.batch_outcome import ALL_THERE, MARKS, BatchOutcome, RowTone
from ferrygate.app.presenters.conflict_view import ConflictView, conflict_view
from ferrygate.app.presenters.fetched_files import may_open
from ferrygate.app.presenters.interruption import Interruption
from ferrygate.app.presenters.known_batch import Batch
from ferrygate.app.presenters.outcome_words import outcome_words
from ferrygate.app.presenters.problem_text import problem_text, said_text, support_text
from ferrygate.common.display import display_name
from ferrygate.common.i18n import _, ngettext, render
from ferrygate.common.remote_path import normalise
from ferrygate.common.text import number_text, size_text, time_text
from ferrygate.sites.site import Site
from ferrygate.transfers.views import BatchId, BatchView, Direction
from ferrygate.transfers.words import batch_title, late_words

_MAX_LINES = 20  # of the files that need a person, that a tool tip shows


class RowAction(Enum):
    """The links of a row that has ended, in the order in which they stand."""

    OPEN = "open"
    SHOW = "show"
    RETRY = "retry"
    COPY_DETAILS = "copy-details"
    DISMISS = "dismiss"


class RowLink(msgspec.Struct, frozen=True):
    """One link of a row: its words, and its name for people who hear and do not see the row."""

    action: RowAction
    words: str
    name: str


class RowView(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the transfers panel.

    Attributes:
        batch: its name towards the engine.
        icon: name of the icon.
        tone: colour of icon, status and bar.
        title: what is moved.
        sub: the smaller line under it.
        place: the whole path that it goes to, for the line's tip.
        about: a sentence over the whole width: what went wrong and what to do, or when files are
            asked about again; may be empty.
        left: what is left on the server of an upload, and what to do about it; may be empty.
        fraction: progress from 0 to 1; ``None`` where no bar is shown.
        status: the words beside the bar, or in its place what has become of the batch.
        can_cancel: there is something to stop.
        cancel_name: the name of the button for that.
        links: what can be done about a batch that has ended.
        conflict: what is asked about names that are taken; ``None`` where nothing is.
        said: what the server itself said of the problem; may be empty.
        each: the same of each file, one a line.
        details: copied for support.
    """

    batch: BatchId
    icon: str
    tone: RowTone
    title: str
    sub: str
    place: str = ""
    about: str = ""
    left: str = ""
    fraction: float | None = None
    status: str = ""
    can_cancel: bool = False
    cancel_name: str = ""
    links: tuple[RowLink, ...] = ()
    conflict: ConflictView | None = None
    said: str = ""
    each: str = ""
    details: str = ""

    @property
    def at_rest(self) -> RowView:
        """Return the row without what changes while files are moved."""
        fraction = None if self.fraction is None else 0.0
        return msgspec.structs.replace(self, fraction=fraction, status="")


def row_view(
    batch: Batch, *, here: Site | None, away: Interruption | None, can_retry: bool, now: float
) -> RowView:
    """Describe the row of a batch.

    Args:
        batch: what is known of it.
        here: the site that is open.
        away: why nothing moves at all now; none where it does.
        can_retry: what is to be tried again could be, just now.
        now: seconds since the epoch.
    """
    if batch.is_under_way:
        return _running(batch, here, away, now)
    return _ended(batch, here, can_retry=can_retry and batch.view.can_retry)


def same_account(first: Site | None, second: Site | None) -> bool:
    """Tell whether two sites are one account of one server, so that their batches are."""
    if first is None or second is None:
        return first is second
    return (first.host, first.port, first.username) == (second.host, second.port, second.username)


# ------------------------------------------------------------ under way


def _running(batch: Batch, here: Site | None, away: Interruption | None, now: float) -> RowView:
    view = batch.view
    question = batch.question
    conflict = None if question is None else conflict_view(question, batch.scope, now)
    asks = conflict is not None and view.only_waits
    upload = view.direction is Direction.UPLOAD
    title = render(batch_title(view))
    return RowView(
        batch=view.batch,
        icon="upload" if upload else "download",
        tone=RowTone.AMBER if away or asks else RowTone.ACCENT,
        title=title,
        sub=away.sentence if away else _where(batch, here),
        place=view.target,
        about="" if away or conflict else _late(view),
        fraction=min(1.0, view.bytes_moved / view.bytes_total) if view.bytes_total else 0.0,
        status=_status(view, away, asks=asks),
        can_cancel=not view.stopping,
        cancel_name=_("Cancel “{title}”").format(title=title),
        conflict=conflict,
    )


def _status(view: BatchView, away: Interruption | None, *, asks: bool) -> str:
    if view.stopping:
        return _("Cancelling")
    if asks:
        return _("Waiting for your answer")
    if away:
        return away.status
    if _late(view):
        return _("Checking")
    return _progress(view)


def _late(view: BatchView) -> str:
    """Say when files are asked about again, once nothing else is left to do; else nothing."""
    if view.stopping or view.late_until is None:
        return ""
    if view.files_finished + view.files_late < view.files_total:
        return ""
    delivered = not view.files_interrupted
    return render(late_words(view.files_late, view.late_until, delivered=delivered))


def _progress(view: BatchView) -> str:
    if view.walking and not view.bytes_moved:
        return ngettext(
            "{count} file found so far", "{count} files found so far", view.files_total
        ).format(count=number_text(view.files_total))
    if not view.bytes_total:
        return _("Waiting")
    share = min(100, view.bytes_moved * 100 // view.bytes_total)
    moved, total = size_text(view.bytes_moved), size_text(view.bytes_total)
    if moved.split()[-1] == total.split()[-1]:
        moved = moved.split()[0]
    return _("{share} % · {moved} of {total}").format(share=share, moved=moved, total=total)


# ------------------------------------------------------------ ended


def _ended(batch: Batch, here: Site | None, *, can_retry: bool) -> RowView:
    view, outcome, problem = batch.view, batch.outcome, batch.problem
    mark = MARKS[outcome]
    title = render(batch_title(view))
    details = _details(batch)
    return RowView(
        batch=view.batch,
        icon=mark.icon,
        tone=mark.tone if batch.left is None else RowTone.AMBER,
        title=title,
        sub=" · ".join(filter(None, (_where(batch, here), _when(batch), _note(batch)))),
        place=view.target,
        about=problem_text(problem) if problem else "",
        left=render(batch.left) if batch.left is not None else "",
        status=outcome_words(view, outcome),
        links=_links(batch, title, can_retry=can_retry, has_details=bool(details)),
        said=said_text(problem) if problem else "",
        each=_each(batch),
        details=details,
    )


def _links(batch: Batch, title: str, *, can_retry: bool, has_details: bool) -> tuple[RowLink, ...]:
    """Offer what can be done about a batch; a delivery stays on record, so it is not dismissed."""
    links = _links_to_fetched(batch, title)
    if can_retry:
        if not batch.view.files_delivered:
            words, name = _("Try again"), _("Try “{title}” again")
        elif batch.view.direction is Direction.UPLOAD:
            words, name = _("Send the rest"), _("Send the rest of “{title}”")
        else:
            words, name = _("Fetch the rest"), _("Fetch the rest of “{title}”")
        links.append(RowLink(RowAction.RETRY, words, name.format(title=title)))
    if has_details:
        name = _("Copy details of “{title}” for support").format(title=title)
        links.append(RowLink(RowAction.COPY_DETAILS, _("Copy details"), name))
    if batch.outcome not in ALL_THERE:
        name = _("Dismiss “{title}”").format(title=title)
        links.append(RowLink(RowAction.DISMISS, _("Dismiss"), name))
    return tuple(links)


def _links_to_fetched(batch: Batch, title: str) -> list[RowLink]:
    """Offer to open what was fetched, if it is one file that may be opened, and to show it."""
    links = []
    if batch.fetched_files == 1 == batch.view.files_total and may_open(
        PurePath(batch.fetched).name
    ):
        name = _("Open “{title}”").format(title=title)
        links.append(RowLink(RowAction.OPEN, _("Open"), name))
    if batch.fetched:
        name = _("Show “{title}” in its folder").format(title=title)
        links.append(RowLink(RowAction.SHOW, _("Show in folder"), name))
    return links


def _when(batch: Batch) -> str:
    """Say when a batch ended whose outcome's words do not."""
    ended = batch.view.finished_at
    if ended is None or batch.outcome in {BatchOutcome.DELIVERED, BatchOutcome.UNCONFIRMED}:
        return ""
    return time_text(ended)


def _note(batch: Batch) -> str:
    """Say of what was delivered how its size was confirmed, and why files were skipped."""
    view = batch.view
    if not view.files_delivered:
        return render(batch.skipped) if batch.skipped is not None else ""
    if not view.files_confirmed:
        return render(batch.unconfirmed) if batch.unconfirmed is not None else ""
    upload, confirmed = view.direction is Direction.UPLOAD, view.files_confirmed
    if batch.outcome is BatchOutcome.DELIVERED:
        whole = ngettext("size confirmed by the server", "sizes confirmed by the server", confirmed)
        return whole if upload else _("complete")
    if confirmed == view.files_delivered:
        some = ngettext("{count} size confirmed", "{count} sizes confirmed", confirmed)
        return some.format(count=number_text(confirmed)) if upload else ""
    return _("{done} of {total} sizes confirmed").format(
        done=number_text(confirmed), total=number_text(view.files_delivered)
    )


def _each(batch: Batch) -> str:
    """List what the server said of each file, one a line."""
    said = [(name, said_text(problem)) for name, problem in batch.failures.values()]
    lines = [f"{name}: {words}" for name, words in said if words]
    return "\n".join(lines[:_MAX_LINES] + ["…"] * (len(lines) > _MAX_LINES))


def _details(batch: Batch) -> str:
    """Make the text of "Copy details": the problem, or that of each file."""
    if batch.problem is None or len(batch.failures) <= 1:
        return support_text(batch.problem) if batch.problem else ""
    return "\n\n".join(
        f"{name}\n{support_text(problem)}" for name, problem in batch.failures.values()
    )


# ------------------------------------------------------------ where


def _where(batch: Batch, here: Site | None) -> str:
    """Say where a batch goes, and to which site where that is not the one that is open."""
    view, parts = batch.view, []
    if batch.site is not None and not same_account(batch.site, here):
        parts.append(_site_name(batch.site, here))
    if view.files_total > 1:
        files = ngettext("{count} file", "{count} files", view.files_total)
        parts.append(files.format(count=number_text(view.files_total)))
    parts.append(_("to {folder}").format(folder=_folder(batch)))
    return " · ".join(parts)


def _site_name(site: Site, here: Site | None) -> str:
    if here is not None and here.name == site.name:
        return _("{site}, {user}").format(site=site.name, user=site.username)
    return site.name


def _folder(batch: Batch) -> str:
    """Name the folder as the window does elsewhere: Home, or its path from there."""
    target = batch.view.target
    if batch.view.direction is Direction.DOWNLOAD:
        return PurePath(target).name or target
    if batch.site is None:
        return target
    home = display_name(normalise(batch.site.start_folder))
    if target == home:
        return _("Home")
    return target.removeprefix(home.rstrip("/") + "/")
