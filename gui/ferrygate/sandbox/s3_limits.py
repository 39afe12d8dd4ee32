"""Holds S3's bounds, and the sizes of the parts in which an object is uploaded.

SFTP does not say how large a file will be, and S3 takes 10,000 parts of at most 5 GiB: the 48.8 TiB
of its largest object are reached only if nearly all parts have 5 GiB. So the first part is small,
and each has half more bytes than the one before: when a file ends, what is still to be sent is
about a third of it at most. Source: S3 user guide, "Amazon S3 multipart upload limits".
"""

from __future__ import annotations

import msgspec

MIB = 1 << 20
GIB = 1 << 30
_GROWTH = 1.5  # size of a part, by that of the part before


class S3Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds uploads and copies.

    Attributes:
        first_part_bytes: size of the first part; S3 takes none below 5 MiB but as the last.
        max_part_bytes: size of the largest part, and of what one request copies.
        max_parts: how many parts an object has at most.
        in_flight_bytes: bytes that wait in memory for S3, of all uploads and downloads.
        listing_page: names in one answer of S3, which gives no more than 1,000.
    """

    first_part_bytes: int = 8 * MIB
    max_part_bytes: int = 5 * GIB
    max_parts: int = 10_000
    in_flight_bytes: int = 64 * MIB
    listing_page: int = 1000

    def part_bytes(self, number: int) -> int:
        """Return the size of a part, the first being number 1, in whole MiB where it grows."""
        steps = min(number - 1, 64)  # a float's exponent has bounds; by then it is at its largest
        grown = int(self.first_part_bytes * _GROWTH**steps) // MIB * MIB
        return min(max(grown, self.first_part_bytes), self.max_part_bytes)

    @property
    def max_object_bytes(self) -> int:
        """Return the size of the largest object that can be uploaded."""
        return sum(map(self.part_bytes, range(1, self.max_parts + 1)))
