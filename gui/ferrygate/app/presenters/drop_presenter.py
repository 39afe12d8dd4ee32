"""Where a drop goes: one owner decides it for everything that can be under the pointer."""

from __future__ import annotations

from enum import Enum

import msgspec

from ferrygate.app.presenters.drop_load import DropLoad, left_out_problem, short_words
from ferrygate.app.presenters.workspace import Screen, Workspace
from ferrygate.common.display import display_name
from ferrygate.common.errors import Problem, UsageError
from ferrygate.common.i18n import _, render
from ferrygate.common.message import Message, message
from ferrygate.common.remote_path import basename, join

_CONNECTION_FILE = ".ferrygate"


class DropPart(Enum):
    """Names what is under the pointer."""

    LIST = "list"  # the folder shown
    ROW = "row"  # a folder in it
    PLACE = "place"
    CRUMB = "crumb"
    PICTURE = "picture"  # where a picture of the code's key is taken
    PAGE = "page"  # a page before the sign-in


class DropSpot(msgspec.Struct, frozen=True):
    """The thing under the pointer.

    Attributes:
        part: which of the window's parts.
        path: of a place or a crumb.
        name: of a row.
    """

    part: DropPart
    path: bytes = b""
    name: bytes = b""


class DropAction(Enum):
    """Names what a drop would do."""

    UPLOAD = "upload"
    OPEN = "open"
    READ = "read"
    EXPLAIN = "explain"


class DropOffer(msgspec.Struct, frozen=True):
    """The effect that a drop would have there.

    Attributes:
        action: what.
        words: shown while it hangs there.
        folder: where an upload would go to.
        problem: what would be said.
    """

    action: DropAction
    words: str
    folder: bytes = b""
    problem: Problem | None = None

    @property
    def is_welcome(self) -> bool:
        """Tell whether what is under the pointer would take it, and so lights up."""
        return self.action is not DropAction.EXPLAIN


class DropPresenter:
    """Weighs what hangs over the window, and does what a drop asks for.

    What is no file is taken and explained where files are taken: a drop that is declined could say
    nothing. Anywhere else nothing is taken, which the pointer shows.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._said: Problem | None = None

    def weigh(self, spot: DropSpot | None, load: DropLoad) -> DropOffer | None:
        """Return the offer of a spot, or ``None`` if nothing can be dropped there."""
        if spot is None or load.is_own:
            return None
        if self._workspace.screen is Screen.FILES:
            return self._weigh_folder(spot, load)
        return _weigh_page(spot, load, self._workspace.screen)

    def drop(self, spot: DropSpot | None, load: DropLoad) -> DropOffer | None:
        """Do what the spot offers; a picture is left to the part that reads it."""
        offer = self.weigh(spot, load)
        if offer is None:
            return None
        if offer.action is DropAction.UPLOAD:
            self._workspace.transfers.upload(load.files, offer.folder)
        elif offer.action is DropAction.OPEN:
            self._workspace.sites.open_file(load.files[0])
        self._say(offer.problem)
        return offer

    def _weigh_folder(self, spot: DropSpot, load: DropLoad) -> DropOffer | None:
        folder = self._workspace.folder
        path = self._folder_of(spot)
        if path is None or not folder.takes_files(path):
            return None
        if not load.files:
            return _explained(short_words(load), left_out_problem(load))
        return DropOffer(
            DropAction.UPLOAD,
            _("Upload to {folder}").format(folder=self._name_of(path)),
            path,
            left_out_problem(load) if load.left_out else None,
        )

    def _folder_of(self, spot: DropSpot) -> bytes | None:
        shown = self._workspace.folder.view.path
        match spot.part:
            case DropPart.LIST:
                return shown
            case DropPart.ROW:
                return join(shown, spot.name)
            case DropPart.PLACE | DropPart.CRUMB:
                return spot.path
            case _:
                return None

    def _name_of(self, path: bytes) -> str:
        home = self._workspace.folder.view.places[0]
        return home.label if path == home.path else display_name(basename(path)) or "/"

    def _say(self, problem: Problem | None) -> None:
        """Say what was left out; what was said of a drop before is over."""
        notices = self._workspace.notices
        if problem is not None:
            notices.show(problem)
        elif notices.problem is not None and notices.problem is self._said:
            notices.dismiss()
        self._said = problem


def _weigh_page(spot: DropSpot, load: DropLoad, screen: Screen) -> DropOffer:
    """Weigh for a page before the sign-in: connection files, and the picture of a code's key."""
    connections = [path for path in load.files if path.endswith(_CONNECTION_FILE)]
    if len(connections) == 1 == len(load.files):
        problem = left_out_problem(load) if load.left_out else None
        return DropOffer(DropAction.OPEN, _("Open this connection"), problem=problem)
    if connections:
        words = message("These are several files.")
        return _explained(words, UsageError(words, next_step=_one_file()).problem)
    if spot.part is DropPart.PICTURE and (load.files or load.has_picture):
        return DropOffer(DropAction.READ, _("Look for the QR code in it"))
    if not load.files:
        return _explained(short_words(load), left_out_problem(load))
    words = message("Files can be sent once you are signed in.")
    step = _connection_step() if screen is Screen.SITES else _sign_in_step()
    return _explained(words, UsageError(words, next_step=step).problem)


def _explained(words: Message, problem: Problem) -> DropOffer:
    return DropOffer(DropAction.EXPLAIN, render(words), problem=problem)


def _one_file() -> Message:
    return message("Drop one connection file, and nothing else.")


def _connection_step() -> Message:
    return message("Here, a connection file can be dropped: its name ends in .ferrygate.")


def _sign_in_step() -> Message:
    return message("Sign in first, then drop them on the list of files.")
