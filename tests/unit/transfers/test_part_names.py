"""Names of downloads that are not whole yet."""

from __future__ import annotations

from ferrygate.transfers.part_names import PartNames, is_part_name, is_part_of

OURS, OTHER = "0123abcd", "89abcdef"


def test_a_new_name_tells_the_computer_and_eight_random_bytes() -> None:
    name = PartNames(OURS, lambda count: "ab" * count).new()
    assert name == f".ferrygate-{OURS}-abababababababab.part"
    assert is_part_name(name)
    assert is_part_of(OURS, name)
    assert not is_part_of(OTHER, name)
