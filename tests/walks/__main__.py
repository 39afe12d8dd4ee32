"""``python -m walks``: how many hops four things take on their way through Ferrygate."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping

from walks.paths import Hop, Link
from walks.run import walk_all
from walks.walks import WALKS, Found, Walk


def line_of(hop: Hop) -> str:
    """Write one step: its number where it is a hop, and how it was come to."""
    number = "" if hop.number is None else str(hop.number)
    sign = {Link.THREAD: "⇒", Link.RETURNED: "←"}.get(hop.link, "→")
    module = hop.place.module.removeprefix("ferrygate.")
    function = hop.place.function.replace("<locals>.", "")
    return f"{number:>4} {sign} {module}.{function}" if module else f"     · {function}"


def tell(walk: Walk, found: Found, write: Callable[[str], object]) -> bool:
    """Print a walk and its parts; tell whether it has no more hops than it may."""
    parts = [found.hops(part) for part in walk.parts]
    counts = [max((hop.number or 0 for hop in hops), default=0) for hops in parts]
    total = sum(counts)
    is_good = all(parts) and total <= walk.most
    sums = " + ".join(map(str, counts)) + " = " if len(counts) > 1 else ""
    write(f"{walk.name}: {sums}{total} hops, at most {walk.most}\n")
    for part, hops in zip(walk.parts, parts, strict=True):
        write(f"  {part.name}\n")
        for hop in hops:
            write(f"{line_of(hop)}\n")
        if not hops:
            write("     no path leads there: walks/walks.py or walks/table.py names what is gone\n")
    write("\n")
    return is_good


def main(found: Mapping[Walk, Found], write: Callable[[str], object]) -> int:
    """Print all walks; the exit status."""
    kept = [tell(walk, found[walk], write) for walk in WALKS]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["LC_ALL"] = "C.UTF-8"
    logging.getLogger("asyncio").addHandler(logging.NullHandler())  # of a server that is left
    sys.exit(main(walk_all(), sys.stdout.write))
