"""The SSH library's packets, with a short way for AES-GCM and for the data of channels."""

from __future__ import annotations

from typing import Any

import paramiko
from paramiko import Message, SSHException
from paramiko.common import MSG_NAMES, cMSG_CHANNEL_DATA, cMSG_UNIMPLEMENTED
from paramiko.packet import NeedRekeyException

from ferrygate.common.byte_stream import MAX_BURST_BYTES
from ferrygate.ssh.aead import PacketOpener, PacketSealer, sealed_bytes
from ferrygate.ssh.bounded_message import BoundedMessage
from ferrygate.ssh.channel_router import ChannelRouter
from ferrygate.ssh.fair_lock import FairLock
from ferrygate.ssh.monitored_socket import MonitoredSocket
from ferrygate.ssh.receive_buffer import MAX_PACKET_BYTES, ReceiveBuffer
from ferrygate.ssh.ssh_errors import was_damaged
from ferrygate.ssh.stream import MAX_DATA_BYTES, MIN_DATA_BYTES

_READLINE_SECONDS = 600.0  # seconds; the connection has a deadline of its own for its handshake
_SEND_SECONDS = 0.1  # seconds that TCP may take for what is sent
_SLOW_BURST_SECONDS = 0.05  # seconds that a burst should not take
_MAX_UNSENT_BYTES = 1 << 20  # bytes: a burst, and any number of answers


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
    __keepalive_last: float
    _initial_kex_done: bool

    def __init__(self, sock: MonitoredSocket) -> None:
        """Take a connected socket that times out now and then."""
        self._received = ReceiveBuffer(sock)
        super().__init__(self._received)  # type: ignore[arg-type]  # it needs no more of a socket
        self.__write_lock = FairLock()
        self._sock = sock
        self._unsent = memoryview(b"")
        self._sealer: PacketSealer | None = None
        self._opener: PacketOpener | None = None
        self._outgoing = memoryview(bytearray(sealed_bytes(MAX_BURST_BYTES, MIN_DATA_BYTES)))
        self._rekey_due = False
        self.router = ChannelRouter()
        self.was_damaged = False
        """Tell whether the tag (MAC) of the packet read last did not fit its bytes."""
        self.packet_at = sock.clock.monotonic()
        """When the last packet was here to its end, on the steady clock."""
        self.burst = MAX_BURST_BYTES
        """Bytes of data to send in one go, so that other channels do not wait for long."""
        self.kind_before = 0
        """The kind of the message before the one that was read last (RFC 4250 §4.1)."""
        self._kind = 0

    def set_outbound_cipher(self, block_engine: Any, *args: Any, **options: Any) -> None:
        """As the base, whose arguments these are."""
        sealer = PacketSealer(block_engine, options["iv_out"]) if options["aead"] else None
        with self.__write_lock:  # or a message would leave under the one and the other
            super().set_outbound_cipher(block_engine, *args, **options)
            self._sealer = sealer

    def set_inbound_cipher(self, block_engine: Any, *args: Any, **options: Any) -> None:
        """As the base, whose arguments these are."""
        super().set_inbound_cipher(block_engine, *args, **options)
        self._opener = PacketOpener(block_engine, options["iv_in"]) if options["aead"] else None

    def release(self) -> None:
        """Let go of the buffers, a megabyte, once the connection has ended and its thread too.

        A transport is a circle of objects, which Python looks for only now and then: where a line
        comes and goes, many of them would wait for that.
        """
        self._outgoing = self._unsent = memoryview(b"")
        self._received.release()

    # ------------------------------------------------------------ out, on any thread

    def send_message(self, data: Message) -> None:
        """Send one message."""
        if self._sealer is None:
            super().send_message(data)
            return
        with self.__write_lock:
            self._put(self._sealer.seal(data.asbytes()), 1)

    def send_data(self, channel: int, data: memoryview, max_data: int) -> bool:
        """Send data of a channel, ``max_data`` bytes in a packet, and :attr:`burst` bytes at most.

        Returns whether it was taken; it is not while TCP still has not taken what was before.

        Raises:
            EOFError: the connection has ended.
        """
        with self.__write_lock:
            if self.closed:
                raise EOFError
            if self._unsent:
                return False
            if self._sealer is not None:
                size = self._sealer.seal_data(channel, data, max_data, self._outgoing)
                began = self._sock.clock.monotonic()
                self._put(self._outgoing[:size], -(-len(data) // max_data))
                self._adapt_burst(len(data), self._sock.clock.monotonic() - began)
                return True
        for at in range(0, len(data), max_data):
            message = Message()
            message.add_byte(cMSG_CHANNEL_DATA)
            message.add_int(channel)
            message.add_string(bytes(data[at : at + max_data]))
            super().send_message(message)
        return True

    @property
    def sends_at_once(self) -> bool:
        """Tell whether TCP has taken everything so far."""
        return not self._unsent

    def write_all(self, out: Any) -> None:
        """Send, and keep what TCP does not take in a moment; called under the write lock.

        So nobody waits for the network for long: not the thread that reads, whom the peer may be
        waiting for, and not a thread that has work to cancel.

        Raises:
            EOFError: the connection has ended.
            SSHException: too much is kept, from a peer that asks and asks and does not read.
        """
        self.__keepalive_last = self._sock.clock.now()
        if self._unsent:
            self._unsent = memoryview(b"".join((self._unsent, out)))
            if len(self._unsent) > _MAX_UNSENT_BYTES:
                raise SSHException("the peer does not read")
        else:
            self._unsent = memoryview(bytes(memoryview(out)[self._write(out) :]))

    def _write(self, out: bytes | memoryview) -> int:
        """Send for a moment; returns how much was taken."""
        left = memoryview(out)
        until = self._sock.clock.monotonic() + _SEND_SECONDS
        try:
            while left:
                left = left[self._sock.send(left) :]
                if self._sock.clock.monotonic() >= until:
                    break
        except TimeoutError:
            if self.closed:
                raise EOFError from None
        except OSError:
            raise EOFError from None
        return len(out) - len(left)

    def _adapt_burst(self, size: int, seconds: float) -> None:
        if seconds > _SLOW_BURST_SECONDS:
            self.burst = max(self.burst // 2, MAX_DATA_BYTES)
        elif seconds < _SLOW_BURST_SECONDS / 4 and size == self.burst:
            self.burst = min(self.burst * 2, MAX_BURST_BYTES)

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

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:  # noqa: FBT001, FBT002  the library's
        """As the base, by which it reads what a packet's length says.

        Raises:
            SSHException: no packet is that long.
        """
        if n > MAX_PACKET_BYTES:
            raise SSHException(f"packet of {n} bytes")
        return super().read_all(n, check_rekey)

    def readline(self, timeout: float) -> str:  # noqa: ARG002  the library's
        """As the base, which gives lines before the server's name two seconds each."""
        return super().readline(_READLINE_SECONDS)

    def read_message(self) -> tuple[int, Message]:
        """The next message that is not for a stream.

        Raises:
            NeedRekeyException: new keys are due, and nothing else is.
            SSHException: what came is not SSH.
            EOFError, OSError: the connection has ended.
        """
        try:
            kind, message = self._read_message()
            while kind not in MSG_NAMES and self._initial_kex_done:  # the library stops over it
                self._decline(message.seqno)
                kind, message = self._read_message()
        except SSHException as error:
            self.was_damaged = was_damaged(error)
            raise
        self.kind_before, self._kind = self._kind, kind
        return kind, message

    def _decline(self, number: int) -> None:
        """Answer a message of a kind that nobody here knows (RFC 4253 §11.4)."""
        answer = Message()
        answer.add_byte(cMSG_UNIMPLEMENTED)
        answer.add_int(number)
        self.send_message(answer)

    def _read_message(self) -> tuple[int, Message]:
        while True:
            if self._rekey_due:
                self._rekey_due = False
                raise NeedRekeyException
            self._resume_sending()
            start = self._received.start
            if self._opener is None:
                kind, message = super().read_message()
                self.packet_at = self._sock.clock.monotonic()
                if not self.router.deliver(kind, memoryview(message.asbytes())):
                    return kind, BoundedMessage.of(message)
                self.router.flush()
            elif (payload := self._opener.open(self._received)) is None:
                self.router.flush()
                self._fill()
            else:
                number = self._count(self._received.start - start)
                self.packet_at = self._sock.heard
                if not self.router.deliver(payload[0], payload[1:]):
                    self.router.flush()
                    message = BoundedMessage(payload[1:])
                    message.seqno = number
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
                self._check_keepalive()
            except OSError:
                if self.closed:
                    raise EOFError from None
                raise
            else:
                return

    def _check_keepalive(self) -> None:
        """Called whenever nothing came for a moment, by the base too."""
        super()._check_keepalive()  # type: ignore[misc]  # the stubs leave it out
        self._resume_sending()

    def _resume_sending(self) -> None:
        """Send on what is kept, without waiting."""
        if not (self._unsent and self._sock.writable):
            return
        with self.__write_lock:
            try:
                self._unsent = self._unsent[self._sock.send(self._unsent) :]
            except OSError:
                raise EOFError from None
        if not self._unsent:
            self.router.resume_sending()

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
