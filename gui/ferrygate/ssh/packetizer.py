"""Sends and receives SSH packets: the path of every byte of a transfer.

Protocol. An SSH connection is a sequence of binary packets (RFC 4253 §6), each numbered,
encrypted and authenticated. Data of a channel travels in SSH_MSG_CHANNEL_DATA (RFC 4254 §5.2), and
only as much as the receiver has granted by its window. Under AES-GCM (RFC 5647) a packet is its
length in clear, the encrypted payload, and a tag. The class seals and opens these packets itself,
and sends a burst of them at a time; under other ciphers, and before the first keys, the library
does, packet by packet.

Threads. Any thread sends; one at a time, under a fair lock, so that a click waits for one burst of
a large file and not for all of it. The keys change under this lock, and only under it a thread
looks whether the class or the library makes the packet: each counts the nonces of AES-GCM by
itself, so packets of both under one key would repeat a nonce, which gives the key away. One thread,
the transport's, receives: it takes as many packets as one ``recv`` brings, hands data and window
adjustments to the streams of their channels, and wakes a stream's owner once for all of them. The
library's message loop sees only the rest.

Control: each quantity, its measurement and its rule.

- *Burst*, the bytes sealed and sent under one hold of the lock. Measured: how long that took. After
  more than 50 ms the burst is halved, to no less than one packet; after less than 12.5 ms a full
  one is doubled, up to 256 KiB. So on a slow line, too, nobody holds the lock for much more than 50
  ms.
- *Backpressure.* A sender stops after a tenth of a second, or when the socket times out, and leaves
  the rest here. The receiving thread sends more of it before each packet that it reads, and when
  nothing came for a moment. While anything is left, no data is taken from a stream. So no sender
  waits for the network for long, and two peers that both wait to be read cannot stop each other. A
  peer that asks for answers and reads none is cut off once 1 MiB is left here.
- *Rekeying* (RFC 4253 §9), once the bytes or packets of one direction since the last keys reach 8
  GiB, or the library's number. The ciphers allow more (:attr:`Packetizer.REKEY_BYTES`). While keys
  are exchanged no data may be sent (RFC 4253 §7.1):
  :class:`ferrygate.ssh.stream_transport.StreamTransport` holds it back.
- *Bounds*: a packet above 256 KiB, or data above a window, ends the connection. A message of an
  unknown kind does not: the peer is answered that it is unknown (RFC 4253 §11.4).

Not known here: how much of what the socket took has left the machine, or has arrived. So bytes in
flight are bounded by the layers above, which see replies (``transfers/schedule``). gui/adr/007 says
why the library's own path is not used for AES-GCM, and gui/adr/013 has the bounds.
"""

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

_READLINE_SECONDS = 600.0  # never reached: the whole handshake has a deadline
_SEND_SECONDS = 0.1  # that one sender may take, before the rest of its bytes is kept
_SLOW_BURST_SECONDS = 0.05  # after which the next burst is smaller: others wait for the lock
_MAX_UNSENT_BYTES = 1 << 20  # room for a burst, and the answers to any honest peer


class Packetizer(paramiko.packet.Packetizer):
    """Seals and opens packets under AES-GCM itself; leaves other ciphers to the library.

    The class bears its base's name so that two leading underscores mean the base's own state
    (gui/adr/007): packets sent here and by the base are counted together.
    """

    # Under one key AES may encrypt 64 GiB (RFC 4344 §3.2), and AES-GCM some 360 GiB, 2^24.5 records
    # of 16 KiB (RFC 8446 §5.5). After the library's 512 MiB a fast transfer would rekey every
    # second.
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
        """Take a connected socket with a timeout, so that a wait for bytes sees to other things."""
        self._received = ReceiveBuffer(sock)
        super().__init__(self._received)  # type: ignore[arg-type]  # it has all the base uses
        self.__write_lock = FairLock()
        self._sock = sock
        self._unsent = memoryview(b"")
        self._sealer: PacketSealer | None = None
        self._opener: PacketOpener | None = None
        self._outgoing = memoryview(bytearray(sealed_bytes(MAX_BURST_BYTES, MIN_DATA_BYTES)))
        self._rekey_due = False
        self.router = ChannelRouter()
        self.was_damaged = False
        """The tag (MAC) of the packet read last did not fit its bytes."""
        self.packet_at = sock.clock.monotonic()
        """When the last packet had come completely, on the steady clock."""
        self.burst = MAX_BURST_BYTES
        """Bytes of data to send in one go, so that other channels do not wait for long."""
        self.kind_before = 0
        """The number of the kind (RFC 4250 §4.1) of the message before the one read last."""
        self._kind = 0

    def set_outbound_cipher(self, block_engine: Any, *args: Any, **options: Any) -> None:
        """Take the keys for what is sent; the arguments are the base's."""
        sealer = PacketSealer(block_engine, options["iv_out"]) if options["aead"] else None
        with self.__write_lock:  # all of a burst has left before, and nothing is half made
            super().set_outbound_cipher(block_engine, *args, **options)
            self._sealer = sealer

    def set_inbound_cipher(self, block_engine: Any, *args: Any, **options: Any) -> None:
        """Take the keys for what is received; the arguments are the base's."""
        super().set_inbound_cipher(block_engine, *args, **options)
        self._opener = PacketOpener(block_engine, options["iv_in"]) if options["aead"] else None

    def release(self) -> None:
        """Free the buffers, a megabyte; once the connection and its thread have ended.

        A transport is held by a cycle of references, which Python's collector finds only now and
        then: over a line that comes and goes, many of them would be kept till then.
        """
        self._outgoing = self._unsent = memoryview(b"")
        self._received.release()

    # ------------------------------------------------------------ out, on any thread

    def send_message(self, data: Message) -> None:
        """Send one message, under the keys that hold once it is this thread's turn."""
        with self.__write_lock:
            if self._sealer is None:
                super().send_message(data)
            else:
                self._put(self._sealer.seal(data.asbytes()), 1)

    def send_data(self, channel: int, data: memoryview, max_data: int) -> bool:
        """Send data of a channel, ``max_data`` bytes in a packet, and :attr:`burst` bytes at most.

        False, and nothing is sent, while the socket has not taken all that was sent before.

        Raises:
            EOFError: the connection has ended.
        """
        with self.__write_lock:
            if self.closed:
                raise EOFError
            if self._unsent:
                return False
            began = self._sock.clock.monotonic()
            if self._sealer is None:
                self._send_data_by_library(channel, data, max_data)
            else:
                size = self._sealer.seal_data(channel, data, max_data, self._outgoing)
                self._put(self._outgoing[:size], -(-len(data) // max_data))
            self._adapt_burst(len(data), self._sock.clock.monotonic() - began)
            return True

    def _send_data_by_library(self, channel: int, data: memoryview, max_data: int) -> None:
        for at in range(0, len(data), max_data):
            message = Message()
            message.add_byte(cMSG_CHANNEL_DATA)
            message.add_int(channel)
            message.add_string(bytes(data[at : at + max_data]))
            super().send_message(message)

    @property
    def sends_at_once(self) -> bool:
        """Tell whether nothing that was sent is left here."""
        return not self._unsent

    def write_all(self, out: Any) -> None:
        """Send, and keep what the socket does not take in time; called under the write lock.

        So no thread waits for the network for long: not the one that receives, which the peer may
        be waiting for, and not one that has work to cancel.

        Raises:
            EOFError: the connection has ended.
            SSHException: too much is kept: the peer goes on asking, and does not read the answers.
        """
        self.__keepalive_last = self._sock.clock.now()
        if self._unsent:
            if self.closed:
                raise EOFError
            self._unsent = memoryview(b"".join((self._unsent, out)))
            if len(self._unsent) > _MAX_UNSENT_BYTES:
                raise SSHException("the peer does not read")
        else:
            self._unsent = memoryview(bytes(memoryview(out)[self._write(out) :]))

    def _write(self, out: bytes | memoryview) -> int:
        """Send for a tenth of a second, or to a timeout; return how many bytes the socket took."""
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
        """Read ``n`` bytes for the base, which takes the number from a packet's length field.

        Raises:
            SSHException: no packet is that long.
        """
        if n > MAX_PACKET_BYTES:
            raise SSHException(f"packet of {n} bytes")
        return super().read_all(n, check_rekey)

    def readline(self, timeout: float) -> str:  # noqa: ARG002  the library's
        """Read a line before the first packet; the base allows two seconds for each."""
        return super().readline(_READLINE_SECONDS)

    def read_message(self) -> tuple[int, Message]:
        """Receive packets until one brings a message that is not for a stream.

        Raises:
            NeedRekeyException: new keys are due; no message is lost, the next call goes on.
            SSHException: what came is not SSH.
            EOFError, OSError: the connection has ended.
        """
        try:
            kind, message = self._read_message()
            while kind not in MSG_NAMES and self._initial_kex_done:  # the library would end it all
                self._decline(message.seqno)
                kind, message = self._read_message()
        except SSHException as error:
            self.was_damaged = was_damaged(error)
            raise
        self.kind_before, self._kind = self._kind, kind
        return kind, message

    def _decline(self, number: int) -> None:
        """Answer a message of an unknown kind (RFC 4253 §11.4)."""
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
        """Wait for bytes; at each timeout raise if keys are due, else send what is due."""
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
        """Send a keepalive, if one is due, and kept bytes; the base calls it too, at timeouts."""
        super()._check_keepalive()  # type: ignore[misc]  # the stubs leave it out
        self._resume_sending()

    def _resume_sending(self) -> None:
        """Send as much of the kept bytes as the socket takes now."""
        if not (self._unsent and self._sock.writable):
            return
        with self.__write_lock:
            try:
                self._unsent = self._unsent[self._sock.send(self._unsent) :]
            except TimeoutError:
                return
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
