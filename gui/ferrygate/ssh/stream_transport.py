"""The SSH library's transport, whose channels are byte streams."""

from __future__ import annotations

import threading

import paramiko
from paramiko.common import cMSG_CHANNEL_WINDOW_ADJUST

from ferrygate.ssh.fair_lock import FairLock
from ferrygate.ssh.guarded_transport import GuardedTransport
from ferrygate.ssh.monitored_socket import MonitoredSocket
from ferrygate.ssh.stream import ChannelStream

_REKEY_SECONDS = 300.0  # that new keys may take; all that is on its way arrives before them
_MAX_POSTPONED = 1000  # messages


class StreamTransport(GuardedTransport):
    """Hands what comes on a channel to its :class:`ChannelStream`, from the first byte on."""

    def __init__(self, sock: MonitoredSocket) -> None:
        super().__init__(sock)
        self._opened: dict[int, ChannelStream] = {}
        self._postponed: list[paramiko.Message] = []
        self.clear_to_send_lock = FairLock()  # type: ignore[assignment]  # it needs no more of a lock
        self.clear_to_send_timeout = _REKEY_SECONDS

    def run(self) -> None:
        """Run the receiving thread; ends all streams when it ends."""
        try:
            super().run()
        except Exception as error:
            self.logger.exception("the thread of a connection failed: %s", type(error).__name__)
        finally:
            self._packets.router.end()

    # ------------------------------------------------------------ channels

    def stream(self, channel: paramiko.Channel) -> ChannelStream:
        """Take the stream of a channel that was opened; once for each channel."""
        return self._opened.pop(channel.chanid)

    @property
    def burst(self) -> int:
        """Return the bytes of data to send in one go."""
        return self._packets.burst

    @property
    def can_send(self) -> bool:
        """Tell whether :meth:`send_data` would send now."""
        return self.clear_to_send.is_set() and self._packets.sends_at_once

    def send_data(self, channel: int, data: memoryview, max_data: int) -> bool:
        """Send data of a channel, unless keys are exchanged (RFC 4253 §7.1) or TCP is stuck.

        Returns false if nothing was sent.

        Raises:
            EOFError: the connection has ended.
        """
        with self.clear_to_send_lock:
            if not self.is_active():
                raise EOFError
            return self.clear_to_send.is_set() and self._packets.send_data(channel, data, max_data)

    def send_window_adjust(self, channel: int, count: int) -> bool:
        """Let the peer send ``count`` bytes more on a channel; not while keys are exchanged."""
        message = paramiko.Message()
        message.add_byte(cMSG_CHANNEL_WINDOW_ADJUST)
        message.add_int(channel)
        message.add_int(count)
        with self.clear_to_send_lock:
            if not self.clear_to_send.is_set():
                return False
            self._send_message(message)
        return True

    def _parse_channel_open_success(self, message: paramiko.Message) -> None:
        number, peer, send_window, max_packet = (message.get_int() for _ in range(4))
        message.rewind()
        channel = self._channels.get(number)  # type: ignore[attr-defined]  # the stubs leave it out
        if channel is not None and number in self.channel_events:  # not told a second time
            self._packets.router.streams[number] = self._opened[number] = ChannelStream(
                channel,
                self,
                channel.in_window_size,
                peer=peer,
                send_window=send_window,
                max_packet=max_packet,
            )
        super()._parse_channel_open_success(message)  # type: ignore[misc]  # as above

    @property
    def packet_at(self) -> float:
        """Return when the last packet was complete, on the steady clock; for any thread."""
        return self._packets.packet_at

    @property
    def was_damaged(self) -> bool:
        """Tell whether the transport ended over a packet whose tag (MAC) did not fit its bytes."""
        return self._packets.was_damaged

    def release(self) -> None:
        """Let go of the buffers once the thread has ended; where it has not, it may need them."""
        if not self.is_alive():
            self._packets.release()

    # ------------------------------------------------------------ while keys are exchanged

    def _send_user_message(self, message: paramiko.Message) -> None:
        """Send a message, but not while keys are exchanged.

        The thread that exchanges them has things to send too, such as the answer to a request that
        was on its way. It would wait for itself.
        """
        if threading.current_thread() is self and not self.clear_to_send.is_set():
            self._postponed.append(message)
            if len(self._postponed) > _MAX_POSTPONED:
                raise paramiko.SSHException("too many requests in a key exchange")
        else:
            super()._send_user_message(message)  # type: ignore[misc]  # the stubs leave it out

    def _parse_newkeys(self, message: paramiko.Message) -> None:
        super()._parse_newkeys(message)
        postponed, self._postponed = self._postponed, []
        for each in postponed:
            self._send_user_message(each)
        self._packets.router.resume_sending()
