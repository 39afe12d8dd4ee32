from __future__ import annotations

from ferrygate.cli.remote_arguments import existing, new


def test_what_is_there_is_asked_for_as_it_was_typed() -> None:
    assert existing("in//cafe\u0301") == "/in/cafe\u0301".encode()
    assert existing("caf\udce9") == b"/caf\xe9"


def test_what_is_new_gets_a_name_in_composed_form() -> None:
    assert new("in/cafe\u0301") == "/in/café".encode()
