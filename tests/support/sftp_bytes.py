"""Writes SFTP's bytes by hand from the draft, so that no codec is tested with itself."""

from __future__ import annotations

import struct

OK, EOF, NO_SUCH_FILE, PERMISSION_DENIED, FAILURE, BAD_MESSAGE, _, _, OP_UNSUPPORTED = range(9)


def string(content: bytes) -> bytes:
    """Make a counted string."""
    return struct.pack(">I", len(content)) + content
