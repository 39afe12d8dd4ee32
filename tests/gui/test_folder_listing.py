"""The account of one listing."""

from __future__ import annotations

from ferrygate.app.presenters.folder_listing import FolderListing
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind

FILE = Entry(b"a.csv", EntryKind.FILE, 5)


def test_entries_are_counted_while_it_goes_on() -> None:
    listing = FolderListing(b"/inbox", 7, again=False)
    assert listing.is_under_way
    assert listing.count((FILE, FILE))
    assert listing.count((FILE,))
    assert (listing.entries_read, listing.unseen) == (3, None)


def test_what_was_counted_is_known_after_the_end() -> None:
    listing = FolderListing(b"/inbox", 7, again=False)
    listing.count((FILE,))
    listing.end()
    assert not listing.is_under_way
    assert listing.entries_read == 1


def test_a_block_without_room_is_not_counted_and_the_folder_is_named() -> None:
    listing = FolderListing(b"/inbox", 7, again=True, max_bytes=30)
    assert listing.count((FILE,))
    assert not listing.count((FILE,))
    assert listing.entries_read == 1
    assert listing.unseen is not None
    assert listing.unseen.kind is Kind.REMOTE_FAILURE
    assert "“inbox” holds too many names" in str(listing.unseen.sentence)
