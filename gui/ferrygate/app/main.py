"""The desktop app's entry."""

from __future__ import annotations

from ferrygate.app.desktop import Desktop
from ferrygate.app.options import AppOptions

__all__ = ["AppOptions", "run"]


def run(options: AppOptions) -> int:
    """Show the window until the person closes it; the exit status for the shell."""
    desktop = Desktop(options)
    desktop.show()
    status = desktop.application.exec()
    desktop.close()
    return status
