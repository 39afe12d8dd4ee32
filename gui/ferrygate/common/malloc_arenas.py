"""Bounds the arenas that the C library's malloc makes, on Linux with glibc.

It gives threads that allocate at the same time an arena each, up to eight for each processor, and
memory that is free in one is of no use to the others. Python's threads seldom allocate at the same
time, having one lock. But a transfer has a dozen, and others after each line that was lost: in the
end every arena has held what is in flight at most, some 10 MB each, of which nearly all is free.
"""

from __future__ import annotations

import sys

_M_ARENA_MAX = -8  # malloc.h
MAX_ARENAS = 2
"""Of one process: a library may allocate while Python does, and neither waits for the other."""


def bound_arenas() -> bool:
    """Have this process make no more arenas; true where the C library has taken that.

    For programs, before they start threads; a library leaves its host's memory alone.
    """
    if sys.platform != "linux":
        return False
    import ctypes  # noqa: PLC0415  takes 3 ms, and few commands need it

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, MAX_ARENAS))
