"""A path on the server as a person types it."""

from __future__ import annotations

from ferrygate.common.display import display_name
from ferrygate.common.names import to_remote_bytes
from ferrygate.common.remote_path import ROOT, join, normalise


def typed_path(text: str, *, shown: bytes, home: bytes) -> bytes:
    """Read a typed path: from the root, with ``~`` from home, else from the folder shown.

    What is left of the path that was shown for editing keeps its bytes, whatever stands for them.

    Args:
        text: as typed; blanks at its ends are no part of it.
        shown: the folder that is shown.
        home: the start folder.

    Raises:
        UsageError: it is empty, or holds what no path can.
    """
    text = text.strip()
    current = display_name(shown)
    if shown != ROOT and (text == current or text.startswith(f"{current}/")):
        return normalise(join(shown, to_remote_bytes(text[len(current) :])))
    if text == "~" or text.startswith("~/"):
        return normalise(join(home, to_remote_bytes(text[1:])))
    raw = to_remote_bytes(text)
    return normalise(join(shown, raw) if raw and not raw.startswith(b"/") else raw)
