from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

from hypothesis import example, given
from hypothesis import strategies as st

from ferrygate.common.display import display_name, is_unsafe
from ferrygate.common.names import MAX_NAME_BYTES, NameSet, remote_name, safe_local_name
from ferrygate.common.remote_path import basename, join, normalise, parent

hostile = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=400).map(str.encode),
    st.lists(
        st.sampled_from(
            ["..", "/", "\\", "CON", ".", " ", "\u202e", "\0", ":", "a", "é", "x" * 260]
        )
    ).map(lambda parts: "".join(parts).encode()),
)


@given(hostile)
@example("é".encode() * 130 + b".jpeg")
@example(b"NUL." + b"x" * 300)
def test_a_safe_name_is_one_component_on_every_system(name: bytes) -> None:
    safe = safe_local_name(name)
    assert safe not in {"", ".", ".."}
    assert PurePosixPath("/folder", safe).parent == PurePosixPath("/folder")
    windows = PureWindowsPath("C:/folder", safe)
    assert windows.parent == PureWindowsPath("C:/folder")
    assert safe.partition(".")[0].rstrip(" ").upper() not in {"CON", "PRN", "AUX", "NUL", "COM1"}
    assert not safe.endswith((".", " "))
    assert not any(map(is_unsafe, safe))
    assert len(safe.encode()) <= MAX_NAME_BYTES


@given(hostile)
def test_a_safe_name_is_safe_already(name: bytes) -> None:
    safe = safe_local_name(name)
    assert safe_local_name(safe.encode()) == safe


@given(st.lists(st.one_of(hostile, st.sampled_from([b"a", b"A", b"a.txt", b"A.TXT"])), max_size=30))
def test_names_given_never_clash(names: list[bytes]) -> None:
    given_names = NameSet()
    safe = [given_names.give(name) for name in names]
    assert len({name.casefold() for name in safe}) == len(names)


@given(hostile)
def test_a_name_for_people_turns_nothing_around(name: bytes) -> None:
    assert not any(map(is_unsafe, display_name(name)))


@given(hostile)
def test_a_safe_name_can_be_sent(name: bytes) -> None:
    sent = remote_name(safe_local_name(name))
    path = join(b"/inbox", sent)
    assert (parent(path), basename(path)) == (b"/inbox", sent)


@given(st.binary(min_size=1).filter(lambda path: b"\0" not in path))
def test_a_normal_path_is_absolute_and_stays(path: bytes) -> None:
    normal = normalise(path)
    assert normal.startswith(b"/")
    assert b"//" not in normal
    assert not {b".", b".."} & set(normal.split(b"/"))
    assert normalise(normal) == normal
