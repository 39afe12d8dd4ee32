"""Describes a run in the first line of its log: what runs, for which site, and on what."""

from __future__ import annotations

import msgspec

from ferrygate.common.display import display_text

_MAX_SITE = 80  # characters of a site's name, which a connection file chooses


class RunFacts(msgspec.Struct):
    """Holds what is known of the run.

    Attributes:
        command: the command's name; "the window" where there is none.
        site: the name of the site, once it is known.
    """

    command: str = "the window"
    site: str = ""

    def line(self) -> str:
        """Describe the run: versions, command, site and system, but no argument."""
        from ferrygate.common import program_facts as facts  # noqa: PLC0415  if something is logged

        site = f", site {display_text(self.site)[:_MAX_SITE]!r}" if self.site else ""
        return f"{facts.program_version()}: {self.command}{site}; {facts.platform_facts()}"
