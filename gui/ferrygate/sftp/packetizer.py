"""The SSH library's packets, with a short way for AES-GCM and for the data of channels."""

from __future__ import annotations

import struct
from typing import Any

import paramiko
from paramiko import Message, SSHException
from paramiko.common import cMSG_CHANNEL_DATA
from paramiko.packet import NeedRekeyException

from ferrygate.sftp.aead import Opener, Sealer, room_for
from ferrygate.sftp.fair_lock import FairLock
from ferrygate.sftp.monitored_socket import MonitoredSocket
from ferrygate.sftp.receive_buffer import ReceiveBuffer
from ferrygate.sftp.stream import BURST, LEAST_DATA, ChannelStream

_WINDOW_ADJUST, _DATA, _EXTENDED_DATA, _EOF, _CLOSE = range(93, 98)  # RFC 4254 §9
_U32 = struct.Struct(">I")


class Packetizer(paramiko.packet.Packetizer):
    """Seals and opens packets under AES-GCM itself; leaves other ciphers to the library.

    What comes for a channel goes to its stream at once, and not through the library's loop.

    The class bears its base's name so that two leading underscores mean the base's own state
    (gui/adr/007): there is one count of packets and bytes, whichever way they went.
    """

    # AES may encrypt 64 GiB under one key (RFC 4344 §3.2), and AES-GCM 2^24 records of 16 KiB with
    # a margin of 2^-57 (RFC 8446 §5.5); the library's 512 MiB would stop a transfer every second.
    REKEY_BYTES = 1 << 33

    __write_lock: FairLock
    __sequence_number_in: int
    __sequence_number_out: int
    __received_bytes: int
    __received_packets: int
    __received_bytes_overflow: int
    __received_packets_overflow: int
    __sent_bytes: int
    __sent_packets: int

    def __init__(self, sock: MonitoredSocket) -> None:
        """Take a connected socket that times out now and then."""
        self._received = ReceiveBuffer(sock)
        super().__init__(self._received)  # type: ignore[arg-type]  # it needs no more of a socket
        self.__write_lock = FairLock()
        self._sealer: Sealer | None = None
        self._opener: Opener | None = None
        self._outgoing = memoryview(bytearray(room_for(BURST, LEAST_DATA)))
        self._rekey_due = False
        self._unflushed: set[ChannelStream] = set()
        self.streams: dict[int, ChannelStream] = {}
        """By our number of the channel; changed by the thread that reads."""

    def set_outbound_cipher(self, block_engine: Any, *args: Any, **options: Any) -> None:
        """As the base, whose arguments these are."""
        super().set_outbound_cipher(block_engine, *args, **options)
        aead = options["aead"]
        self._sealer = Sealer(block_engine, options["iv_out"]) if aead else None

    def set_inbound_cipher(self, block_engine: Any, *args: Any, **options: Any) -> None:
        """As the base, whose arguments these are."""
        super().set_inbound_cipher(block_engine, *args, **options)
        self._opener = Opener(block_engine, options["iv_in"]) if options["aead"] else None

    # ------------------------------------------------------------ out, on any thread

    def send_message(self, data: Message) -> None:
        """Send one message."""
        if self._sealer is None:
            super().send_message(data)
            return
        with self.__write_lock:
            self._put(self._sealer.seal(data.asbytes()), 1)

    def send_data(self, channel: int, data: memoryview, most: int) -> None:
        """Send data of a channel, ``most`` bytes in a packet, and :data:`BURST` bytes at most."""
        if self._sealer is not None:
            with self.__write_lock:
                size = self._sealer.seal_data(channel, data, most, self._outgoing)
                self._put(self._outgoing[:size], -(-len(data) // most))
            return
        for at in range(0, len(data), most):
            message = Message()
            message.add_byte(cMSG_CHANNEL_DATA)
            message.add_int(channel)
            message.add_string(bytes(data[at : at + most]))
            super().send_message(message)

    def _put(self, out: bytes | memoryview, packets: int) -> None:
        self.write_all(out)
        self.__sequence_number_out = (self.__sequence_number_out + packets) & 0xFFFF_FFFF
        self.__sent_bytes += len(out)
        self.__sent_packets += packets
        too_much = (
            self.__sent_packets >= self.REKEY_PACKETS or self.__sent_bytes >= self.REKEY_BYTES
        )
        if too_much and not self.need_rekey():
            self._ask_for_keys()

    # ------------------------------------------------------------ in, on the transport's thread

    def read_message(self) -> tuple[int, Message]:
        """The next message that is not for a stream.

        Raises:
            NeedRekeyException: new keys are due, and nothing else is.
            SSHException: what came is not SSH.
            EOFError, OSError: the connection has ended.
        """
        while True:
            if self._rekey_due:
                self._rekey_due = False
                raise NeedRekeyException
            if self._opener is None:
                kind, message = super().read_message()
                if not self._deliver(kind, memoryview(message.asbytes())):
                    return kind, message
                self._flush()
                continue
            start = self._received.start
            payload = self._opener.open(self._received)
            if payload is None:
                self._flush()
                self._fill()
                continue
            sequence_number = self._count(self._received.start - start)
            if not self._deliver(payload[0], payload[1:]):
                self._flush()
                message = Message(bytes(payload[1:]))
                message.seqno = sequence_number
                return payload[0], message

    def _fill(self) -> None:
        """Wait for bytes, with what the base does meanwhile."""
        while True:
            if self.handshake_timed_out():
                raise EOFError
            try:
                self._received.fill()
            except TimeoutError:
                if self.closed:
                    raise EOFError from None
                if self.need_rekey():
                    raise NeedRekeyException from None
                self._check_keepalive()  # type: ignore[attr-defined]  # the stubs leave it out
            except OSError:
                if self.closed:
                    raise EOFError from None
                raise
            else:
                return

    def _count(self, size: int) -> int:
        """Count a packet of so many bytes; returns its sequence number."""
        number = self.__sequence_number_in
        self.__sequence_number_in = (number + 1) & 0xFFFF_FFFF
        self.__received_bytes += size
        self.__received_packets += 1
        if self.need_rekey():
            self.__received_bytes_overflow += size
            self.__received_packets_overflow += 1
            if (
                self.__received_packets_overflow >= self.REKEY_PACKETS_OVERFLOW_MAX
                or self.__received_bytes_overflow >= self.REKEY_BYTES_OVERFLOW_MAX
            ):
                raise SSHException("the peer does not answer that new keys are due")
        elif (
            self.__received_packets >= self.REKEY_PACKETS
            or self.__received_bytes >= self.REKEY_BYTES
        ):
            self._ask_for_keys()
        return number

    def _ask_for_keys(self) -> None:
        self.__received_bytes_overflow = self.__received_packets_overflow = 0
        self._trigger_rekey()

    def _trigger_rekey(self) -> None:
        super()._trigger_rekey()  # type: ignore[misc]  # the stubs leave it out
        self._rekey_due = True

    def _deliver(self, kind: int, body: memoryview) -> bool:
        """Give a message to its channel's stream, if that is all it is for."""
        if not _WINDOW_ADJUST <= kind <= _CLOSE:
            return False
        try:
            (number,) = _U32.unpack_from(body)
            stream = self.streams.get(number)
            if stream is None:
                return False
            if kind == _WINDOW_ADJUST:
                stream.widen(*_U32.unpack_from(body, 4))
            elif kind == _DATA:
                stream.take(_string(body[4:]))
                self._unflushed.add(stream)
            elif kind == _EXTENDED_DATA:
                stream.drop(len(_string(body[8:])))
            else:
                self._flush()
                stream.end()
                if kind == _CLOSE:
                    del self.streams[number]
                return False
        except struct.error:
            raise SSHException(f"message {kind} cut short") from None
        return True

    def _flush(self) -> None:
        for stream in self._unflushed:
            stream.flush()
        self._unflushed.clear()

    def end_streams(self) -> None:
        """The connection has ended, and so have its channels."""
        self._flush()
        for stream in self.streams.values():
            stream.end()


def _string(field: memoryview) -> memoryview:
    """The string (RFC 4251 §5) that ends a message."""
    (size,) = _U32.unpack_from(field)
    if size != len(field) - _U32.size:
        raise SSHException(f"string of {size} bytes in {len(field)}")
    return field[_U32.size :]
