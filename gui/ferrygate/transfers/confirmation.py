"""Asking the server for the size of what it was sent."""

from __future__ import annotations

from ferrygate.common import remote_path
from ferrygate.common.entry import Entry
from ferrygate.common.errors import FerrygateError, NotFoundError, SizeMismatchError
from ferrygate.common.i18n import _
from ferrygate.common.names import display_name
from ferrygate.common.text import size_text
from ferrygate.sftp.files import RemoteFiles


async def confirm(
    files: RemoteFiles, path: bytes, sent: int, told: Entry | None = None
) -> tuple[bool, str]:
    """Tell whether the server names the size that was sent, and a phrase about that for people.

    A drop box may refuse to say, or a workflow may have moved the file. ``told`` is what the
    server said already; it counts where it agrees, since it may have been asked too early.

    Raises:
        SizeMismatchError: it names another size.
    """
    if told is not None and told.size == sent:
        return True, _confirmed()
    try:
        size = (await files.stat(path)).size
    except NotFoundError:
        return False, _("size not confirmed: the server has already moved it on")
    except FerrygateError as error:
        return False, _("size not confirmed: {reason}").format(reason=error.problem.sentence)
    if size is None:
        return False, sizes_not_told()
    if size != sent:
        raise SizeMismatchError(
            _("{sent} were sent, but the server has {size} of “{name}”.").format(
                sent=size_text(sent),
                size=size_text(size),
                name=display_name(remote_path.basename(path)),
            ),
            next_step=_(
                "Compare the two files. Where the server changes files as they arrive, sending it "
                "again cannot help: ask your contact."
            ),
            detail=f"sent {sent} bytes, server has {size}",
        )
    return True, _confirmed()


def sizes_not_told() -> str:
    """Say why no size can be confirmed at a server that tells none."""
    return _("size not confirmed: the server does not tell sizes")


def _confirmed() -> str:
    return _("size confirmed by the server")
