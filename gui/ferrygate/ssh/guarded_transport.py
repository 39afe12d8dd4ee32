"""The SSH library's transport, with bounds on what a server's messages can make it do."""

from __future__ import annotations

import logging
import threading
from typing import ClassVar

import paramiko
from paramiko.common import MSG_EXT_INFO, MSG_NEWKEYS
from paramiko.transport import ServiceRequestingTransport

from ferrygate.ssh.algorithms import Offer
from ferrygate.ssh.bounded_message import BoundedMessage
from ferrygate.ssh.key_exchange import GROUP_EXCHANGE, GroupExchange, check_signature
from ferrygate.ssh.monitored_socket import MonitoredSocket
from ferrygate.ssh.no_handshake import Disconnect
from ferrygate.ssh.packetizer import Packetizer

_MAX_EXTENSIONS = 64  # RFC 8308 §3 and OpenSSH know six
_MIN_EXTENSION_BYTES = 8  # the lengths of its name and its value
_MAX_KEXINIT_BYTES = 1 << 15  # honest ones have 2 KiB (RFC 4253 §6.1 demands 35,000 a packet)
_MAX_REASON_CHARACTERS = 2000


class GuardedTransport(ServiceRequestingTransport):
    """Bounds what a server's numbers can make the library do, and keeps what the server says.

    Attributes:
        theirs: the server's algorithms, once it has told them.
        disconnect: why the server has ended the connection, if it said.
        refused_channel: the server's words about the channel it did not open last.
    """

    _kex_info: ClassVar[dict[str, type]] = {
        **ServiceRequestingTransport._kex_info,  # type: ignore[attr-defined]  # noqa: SLF001  the stubs leave it out
        GROUP_EXCHANGE: GroupExchange,
    }

    def __init__(self, sock: MonitoredSocket) -> None:
        self.server_offer = Offer()
        self.disconnect: Disconnect | None = None
        self.refused_channel = ""
        self._key_exchanges = 0
        self._early_extensions: dict[str, bytes] = {}
        super().__init__(sock, packetizer_class=Packetizer)  # type: ignore[arg-type]  # it needs no more of a socket
        assert isinstance(self.packetizer, Packetizer)  # noqa: S101  ours
        self._packets = self.packetizer

    @property
    def client_offer(self) -> Offer:
        """Return the algorithms that we have, in our order."""
        return Offer(
            tuple(self.preferred_kex),
            tuple(self.preferred_keys),
            tuple(self.preferred_ciphers),
            tuple(self.preferred_macs),
            tuple(self.preferred_compression),
        )

    def _send_message(self, message: paramiko.Message) -> None:
        """Send; on the receiving thread a connection that takes nothing any more is no error.

        So the thread goes on to the DISCONNECT with which the server has said why it ended.
        """
        try:
            super()._send_message(message)  # type: ignore[misc]  # the stubs leave it out
        except EOFError:
            if threading.current_thread() is not self:
                raise

    # ------------------------------------------------------------ on the transport's thread

    def _parse_kex_init(self, message: paramiko.Message) -> None:
        if len(message.asbytes()) > _MAX_KEXINIT_BYTES:
            raise paramiko.SSHException("more algorithms than there are")
        lists = self._really_parse_kex_init(message)  # type: ignore[attr-defined]  # the stubs leave it out
        self.server_offer = Offer(
            tuple(lists["kex_algo_list"]),
            tuple(lists["server_key_algo_list"]),
            tuple(lists["server_encrypt_algo_list"]),
            tuple(lists["server_mac_algo_list"]),
            tuple(lists["server_compress_algo_list"]),
        )
        message.rewind()
        super()._parse_kex_init(message)  # type: ignore[misc]  # as above

    def _verify_key(self, host_key: bytes, signature: bytes) -> None:
        """Check the server's signature; its key stays the same for the whole connection.

        The library would take another key in a later key exchange, and tell of it nowhere.
        """
        check_signature(signature)
        known = self.host_key
        key = self._key_info[self.host_key_type](BoundedMessage(host_key))  # type: ignore[attr-defined]  # the stubs leave it out
        if not key.verify_ssh_sig(self.H, BoundedMessage(signature)):
            raise paramiko.SSHException("the server does not hold its host key")
        if known is not None and known.asbytes() != key.asbytes():
            raise paramiko.SSHException("another host key than before")
        self.host_key = key

    def _parse_newkeys(self, message: paramiko.Message) -> None:
        self._key_exchanges += 1
        super()._parse_newkeys(message)  # type: ignore[misc]  # the stubs leave it out

    def _parse_ext_info(self, message: paramiko.Message) -> None:
        """Take the server's extensions where they are allowed (RFC 8308 §2.4).

        They are allowed right behind the server's first NEWKEYS, and right before it accepts the
        sign-in, which only the next message tells. Anywhere else they mean nothing.
        """
        extensions = _extensions(message)
        if self._packets.kind_before == MSG_NEWKEYS and self._key_exchanges == 1:
            self.server_extensions = extensions
        else:
            self._early_extensions = extensions

    def _auth_trigger(self) -> None:
        if self._packets.kind_before == MSG_EXT_INFO:
            self.server_extensions = self._early_extensions
        super()._auth_trigger()  # type: ignore[misc]  # the stubs leave it out

    def _parse_disconnect(self, message: paramiko.Message) -> None:
        code, reason = message.get_int(), message.get_binary()
        text = reason.decode("utf-8", "replace")[:_MAX_REASON_CHARACTERS]
        self.disconnect = Disconnect(code, text)
        self._log(logging.INFO, f"disconnect (code {code}): {text}")

    def _parse_channel_open_failure(self, message: paramiko.Message) -> None:
        message.get_bytes(8)  # our number of the channel, and the code
        self.refused_channel = message.get_binary().decode("utf-8", "replace")[
            :_MAX_REASON_CHARACTERS
        ]
        message.rewind()
        super()._parse_channel_open_failure(message)  # type: ignore[misc]  # as above

    def _log(self, level: int, message: str | list[str], *arguments: object) -> None:
        """Log; where in the library a connection came to its end is for those who look closely."""
        lines = message if isinstance(message, list) else [message]
        lowered = logging.DEBUG if isinstance(message, list) else level
        for line in lines:
            self.logger.log(lowered, line, *arguments)


def _extensions(message: paramiko.Message) -> dict[str, bytes]:
    """Parse the body of an EXT_INFO (RFC 8308 §2.3).

    Raises:
        SSHException: it claims more than fits into it, or than there is.
    """
    count = message.get_int()
    extensions: dict[str, bytes] = {}
    for to_come in range(min(count, _MAX_EXTENSIONS + 1), 0, -1):
        left = len(message.get_remainder())
        if to_come > min(_MAX_EXTENSIONS, left // _MIN_EXTENSION_BYTES):
            raise paramiko.SSHException(f"{count} extensions claimed; {left} bytes are left")
        name = message.get_binary().decode("utf-8", "replace")
        extensions[name] = message.get_binary()
    return extensions
