"""The words for what has become of a batch, with its counts."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.app.presenters.batch_outcome import BatchOutcome, sums_of
from ferrygate.common.i18n import _, ngettext
from ferrygate.common.text import number_text, time_text
from ferrygate.transfers.views import BatchView, Direction


def outcome_words(view: BatchView, outcome: BatchOutcome) -> str:
    """Say what has become of a batch that has ended, with its counts."""
    return _WORDS[outcome](view)


def _two(first: str, second: str) -> str:
    return f"{first} · {second}" if second else first


def _is_upload(view: BatchView) -> bool:
    return view.direction is Direction.UPLOAD


def _delivered_at(view: BatchView) -> str:
    time = "" if view.finished_at is None else time_text(view.finished_at)
    words = _("Delivered {time}") if _is_upload(view) else _("Downloaded {time}")
    return words.format(time=time).strip()


def _delivered(view: BatchView) -> str:
    words = _("{count} delivered") if _is_upload(view) else _("{count} downloaded")
    return words.format(count=number_text(view.files_delivered))


def _skipped(view: BatchView) -> str:
    """Say how many files were skipped, and why; of a batch of one file without a number."""
    sums, counts = sums_of(view), []
    if view.files_total == 1:
        return _("another size is there") if sums.size_differs else _("it was already there")
    there = ngettext("{count} was already there", "{count} were already there", sums.there)
    differs = ngettext(
        "{count} is there with another size",
        "{count} are there with another size",
        sums.size_differs,
    )
    for count, words in (
        (sums.there, there),
        (sums.size_differs, differs),
        (sums.left_out, _("{count} left out")),
    ):
        if count:
            counts.append(words.format(count=number_text(count)))
    return ", ".join(counts)


def _delivered_of_all(view: BatchView) -> str:
    """Say how many were delivered, of how many unless the walk has not seen all."""
    done, total = view.files_delivered, view.files_total
    if _is_upload(view):
        of_all = ngettext(
            "{done} of {total} was delivered", "{done} of {total} were delivered", done
        )
        so_far = ngettext("{done} was delivered", "{done} were delivered", done)
    else:
        of_all = ngettext(
            "{done} of {total} was downloaded", "{done} of {total} were downloaded", done
        )
        so_far = ngettext("{done} was downloaded", "{done} were downloaded", done)
    words = of_all if view.problem is None else so_far
    return words.format(done=number_text(done), total=number_text(total))


def _none_delivered(view: BatchView) -> str:
    if view.files_skipped:
        return _skipped(view)
    if view.files_total <= 1 and view.problem is None:
        return ""
    return _("nothing was delivered") if _is_upload(view) else _("nothing was downloaded")


def _not_delivered(view: BatchView) -> str:
    """Say how many files are missing; where the walk has failed, nobody knows."""
    sums, upload = sums_of(view), _is_upload(view)
    if view.problem is not None and sums.delivered:
        return _two(_("Incomplete"), _delivered_of_all(view))
    if view.problem is not None and sums.skipped:
        return _two(_("Incomplete"), _skipped(view))
    if view.problem is not None or view.files_total == 1:
        return _("Not delivered") if upload else _("Not downloaded")
    if sums.missing == view.files_total:
        none_sent = _("None of {total} was delivered")
        words = none_sent if upload else _("None of {total} was downloaded")
    else:
        some_sent = _("{count} of {total} not delivered")
        words = some_sent if upload else _("{count} of {total} not downloaded")
    return words.format(count=number_text(sums.missing), total=number_text(view.files_total))


def _all_skipped(view: BatchView) -> str:
    if view.files_left_out < view.files_total:
        return _two(_("Skipped"), _skipped(view))
    return _("Left out") if view.files_total == 1 else _skipped(view)


def _interrupted(view: BatchView) -> str:
    done = _delivered_of_all(view) if view.files_delivered else _none_delivered(view)
    return _two(_("Interrupted"), done)


_WORDS: dict[BatchOutcome, Callable[[BatchView], str]] = {
    BatchOutcome.DELIVERED: _delivered_at,
    BatchOutcome.UNCONFIRMED: _delivered_at,
    BatchOutcome.REST_SKIPPED: lambda view: _two(_delivered(view), _skipped(view)),
    BatchOutcome.SKIPPED: _all_skipped,
    BatchOutcome.EMPTY: lambda view: (
        _("No files in it") if view.sources == 1 else _("No files in them")
    ),
    BatchOutcome.PARTLY: lambda view: _two(_("Cancelled"), _delivered_of_all(view)),
    BatchOutcome.CANCELLED: lambda view: _two(_("Cancelled"), _none_delivered(view)),
    BatchOutcome.INTERRUPTED: _interrupted,
    BatchOutcome.ATTENTION: _not_delivered,
}
