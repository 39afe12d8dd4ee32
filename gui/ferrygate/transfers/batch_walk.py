"""Tells how far the walk of a batch is: the search of folders for its files."""

from __future__ import annotations

from enum import Enum

from ferrygate.common.errors import Problem


class _WalkState(Enum):
    """Names how far a walk is."""

    WAITING = "waiting"
    WALKING = "walking"
    OVER = "over"


class BatchWalk:
    """Knows whether the walk is to be begun, goes on, or is over, and why it ended early.

    Attributes:
        problem: why some files may be missing.
    """

    def __init__(self) -> None:
        self.problem: Problem | None = None
        self._state = _WalkState.WAITING
        self._tries = 0  # as those of a file

    @property
    def has_begun(self) -> bool:
        """Tell whether a lane walks the folders, or has walked them."""
        return self._state is not _WalkState.WAITING

    @property
    def goes_on(self) -> bool:
        """Tell whether more files may come."""
        return self._state is not _WalkState.OVER

    def begin(self) -> None:
        """Note that a lane walks the folders from now on."""
        self._state = _WalkState.WALKING

    def begin_anew(self) -> None:
        """Note that the walk was not begun after all, or was cut, and is to be begun again."""
        self._state = _WalkState.WAITING

    def end(self, problem: Problem | None = None) -> None:
        """Note that no more files come; ``problem`` says why some may be missing."""
        self._state = _WalkState.OVER
        self.problem = problem or self.problem

    def stop(self, reason: Problem) -> None:
        """End for this reason unless the walk is over, as what it would find is unknown.

        A lane that walks ends it itself.
        """
        if self.goes_on and self.problem is None:
            self.problem = reason
        if not self.has_begun:
            self._state = _WalkState.OVER

    def retry(self) -> None:
        """Have the walk begun again where it was not whole."""
        if self.problem is not None:
            self.problem = None
            self._state = _WalkState.WAITING

    def count_try(self) -> int:
        """Count that a connection was lost under the walk; returns how often that was by now."""
        self._tries += 1
        return self._tries

    def renew(self) -> None:
        """Count tries anew, as there is another connection."""
        self._tries = 0
