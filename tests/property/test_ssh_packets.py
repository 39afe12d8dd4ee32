"""However the bytes of packets are cut up on their way, the same comes out."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from support.ssh_packets import (
    CTR_ETM,
    DATA,
    GCM_128,
    GCM_256,
    Outgoing,
    Suite,
    message,
    pair,
    stream,
)

KINDS = st.sampled_from((2, DATA, 80))  # IGNORE and GLOBAL_REQUEST are the library's
PACKETS = st.lists(st.tuples(KINDS, st.binary(max_size=300)), min_size=1, max_size=12)
SUITE = st.sampled_from((GCM_128, GCM_256, CTR_ETM))


@given(SUITE, PACKETS, st.lists(st.integers(1, 200), min_size=1))
def test_any_cuts_give_the_same_packets(
    suite: Suite, packets: list[tuple[int, bytes]], cuts: list[int]
) -> None:
    with pair(suite) as ends:
        ends.ours.router.streams[3] = stream(Outgoing())
        for kind, data in packets:
            ends.theirs.send_message(message(kind, 3, data))
        ends.theirs.send_message(message(81))
        sent = ends.our_socket.recv(1 << 20)

        def pass_on() -> None:
            at = 0
            while at < len(sent):
                for cut in cuts:
                    ends.their_socket.sendall(sent[at : at + cut])
                    at += cut

        passing = threading.Thread(target=pass_on)
        passing.start()
        others = []
        while (came := ends.ours.read_message())[0] != 81:
            others.append((came[0], came[1].asbytes()[8:]))
        passing.join()
        assert others == [(kind, data) for kind, data in packets if kind != DATA]
        data = b"".join(data for kind, data in packets if kind == DATA)
        ends.ours.router.streams[3].end()
        assert ends.ours.router.streams[3].recv(0) == data


@given(SUITE, st.binary(min_size=1, max_size=5000), st.integers(1, 5000))
def test_any_data_in_any_packets(suite: Suite, data: bytes, most: int) -> None:
    with pair(suite) as ends:
        sending = threading.Thread(target=ends.ours.send_data, args=(7, memoryview(data), most))
        sending.start()
        came = b""
        while len(came) < len(data):
            kind, packet = ends.theirs.read_message()
            assert (kind, packet.get_int()) == (DATA, 7)
            piece = packet.get_binary()
            assert 0 < len(piece) <= most
            came += piece
        sending.join()
        assert came == data
