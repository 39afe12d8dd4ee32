"""Lists each private name of the SSH library that is used, and what to read when it is gone.

gui/adr/007 and gui/adr/013 say why it is touched at all. A new version of the library may rename
any of it without a word in its notes: read the places named here in its source, and change ours.
"""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import paramiko
import pytest
from paramiko.auth_handler import AuthOnlyHandler
from paramiko.kex_gex import KexGexSHA256
from paramiko.transport import ServiceRequestingTransport

from ferrygate.ssh import (
    bounded_message,
    guarded_transport,
    key_exchange,
    monitored_socket,
    packetizer,
    stream_transport,
    transport,
)

# Ours, the library's class below it, and which of the library's names we touch: what to read.
NAMES = {
    "Packetizer": {
        "_Packetizer__write_lock": "send_message: held while a packet is made and sent",
        "_Packetizer__sequence_number_in": "read_message: counted up for each packet",
        "_Packetizer__sequence_number_out": "send_message: counted up for each packet",
        "_Packetizer__received_bytes": "read_message and set_inbound_cipher: when to rekey",
        "_Packetizer__received_packets": "as __received_bytes",
        "_Packetizer__received_bytes_overflow": "read_message: patience while a rekey is due",
        "_Packetizer__received_packets_overflow": "as __received_bytes_overflow",
        "_Packetizer__sent_bytes": "send_message and set_outbound_cipher: when to rekey",
        "_Packetizer__sent_packets": "as __sent_bytes",
        "_Packetizer__keepalive_last": "write_all and _check_keepalive",
        "_initial_kex_done": "Transport._parse_newkeys: set once keys were exchanged",
        "_check_keepalive": "read_all: called whenever nothing came for a moment",
        "_trigger_rekey": "send_message and read_message: called when new keys are due",
    },
    "GuardedTransport": {
        "_kex_info": "_parse_kex_init: classes of key exchanges, by name",
        "_key_info": "_verify_key: classes of host keys, by name",
        "_send_message": "the one way out, for the thread that reads as well",
        "_really_parse_kex_init": "_parse_kex_init: the lists of a KEXINIT, by name",
        "_parse_kex_init": "_negotiate_keys: called with the server's KEXINIT",
        "_verify_key": "parse_next of each key exchange: called with host key and signature",
        "_parse_newkeys": "run: called for NEWKEYS",
        "_parse_ext_info": "run: called for EXT_INFO",
        "_auth_trigger": "AuthHandler._parse_userauth_success: called when signed in",
        "_parse_disconnect": "run: called for DISCONNECT",
        "_parse_channel_open_failure": "run: called for OPEN_FAILURE",
        "_log": "called with a level, and with a text or a list of lines",
    },
    "StreamTransport": {
        "_channels": "_parse_channel_open_success: channels by our number",
        "_send_message": "as above",
        "_send_user_message": "called for what must wait while keys are exchanged",
        "_parse_channel_open_success": "run: called for OPEN_CONFIRMATION",
        "_parse_newkeys": "as above",
    },
    "Transport": {
        "_send_message": "as above",
        "_send_user_message": "as above",
        "_parse_service_accept": "run: called for SERVICE_ACCEPT",
    },
    "AuthHandler": {
        "_parse_userauth_success": "_client_handler_table: called for SUCCESS",
        "_parse_userauth_failure": "_client_handler_table: called for FAILURE",
        "_parse_userauth_info_request": "_client_handler_table: called for INFO_REQUEST",
        "_parse_userauth_banner": "_client_handler_table: called for BANNER",
    },
    "GroupExchange": {"_parse_kexdh_gex_group": "parse_next: called with the server's group"},
    "BoundedMessage": {},
}
# Names without an underscore that the library documents nowhere.
UNDOCUMENTED = {
    paramiko.Transport: {
        "active": "is_active",
        "auth_handler": "run: who takes messages of the sign-in",
        "auth_timeout": "AuthHandler.wait_for_response",
        "banner_timeout": "_check_banner",
        "channel_events": "open_channel: who waits for a channel",
        "clear_to_send": "_send_user_message: set but while keys are exchanged",
        "clear_to_send_lock": "_send_user_message: taken with acquire and release",
        "clear_to_send_timeout": "_send_user_message",
        "handshake_timeout": "run: given to Packetizer.start_handshake",
        "host_key": "get_remote_server_key",
        "host_key_type": "_parse_kex_init and _verify_key",
        "logger": "_log and set_log_channel",
        "packetizer": "run: made by packetizer_class",
        "remote_version": "_check_banner",
        "server_extensions": "AuthHandler._finalize_pubkey_algorithm",
    },
    paramiko.Channel: {
        "eof_sent": "_handle_close and _request_failed",
        "event": "_request_success and _request_failed",
        "event_ready": "_request_success",
        "exit_status": "_handle_request",
        "in_window_size": "_set_window",
        "remote_chanid": "_set_remote_channel",
    },
    AuthOnlyHandler: {
        "auth_event": "wait_for_response, abort, and _parse_userauth_success",
        "auth_method": "send_auth_request",
        "wait_for_response": "send_auth_request: gets the event, and gives methods or raises",
    },
    paramiko.packet.Packetizer: {
        "complete_handshake": "ends the timer of start_handshake",
        "need_rekey": "run",
        "readline": "_check_banner: gets the seconds to wait",
        "read_all": "read_message: gets what the length of a packet says",
        "write_all": "send_message: called under the write lock",
    },
}
BASES = {
    "Packetizer": paramiko.packet.Packetizer,
    "GuardedTransport": ServiceRequestingTransport,
    "StreamTransport": ServiceRequestingTransport,
    "Transport": ServiceRequestingTransport,
    "AuthHandler": AuthOnlyHandler,
    "GroupExchange": KexGexSHA256,
    "BoundedMessage": paramiko.Message,
}
SOURCES = (
    bounded_message,
    guarded_transport,
    key_exchange,
    packetizer,
    stream_transport,
    transport,
)


def names_of(base: type) -> set[str]:
    """Collect the private names of a class of the library, those of its instances too."""
    found: set[str] = set()
    for each in base.__mro__:
        if each.__module__.startswith("paramiko"):
            own = set(re.findall(r"\bself\.(_\w+)", inspect.getsource(each)))
            mangled = {name for name in own if name.startswith("__") and not name.endswith("__")}
            found |= (
                own - mangled | {f"_{each.__name__}{name}" for name in mangled} | set(vars(each))
            )
    return {name for name in found if name.startswith("_") and not name.endswith("__")}


def touched(ours: ast.ClassDef) -> set[str]:
    """Collect the private names that a class of ours reads, sets or defines."""
    found: set[str] = set()
    for node in ast.walk(ours):
        match node:
            case ast.Attribute(attr=name) | ast.FunctionDef(name=name):
                found.add(name)
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
            case _:
                pass
    private = {name for name in found if name.startswith("_") and not name.endswith("__")}
    return {f"_{ours.name}{name}" if name.startswith("__") else name for name in private}


def our_classes() -> dict[str, ast.ClassDef]:
    trees = (ast.parse(Path(str(module.__file__)).read_text("utf-8")) for module in SOURCES)
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}


@pytest.mark.parametrize("name", BASES)
def test_each_private_name_that_is_touched_is_known_and_still_there(name: str) -> None:
    theirs = names_of(BASES[name])
    gone = {each: NAMES[name][each] for each in NAMES[name] if each not in theirs}
    assert not gone, f"{BASES[name].__name__} has no such name any more; read: {gone}"
    assert touched(our_classes()[name]) & theirs == set(NAMES[name])


@pytest.mark.parametrize(
    ("base", "name", "read"),
    [(base, name, read) for base, names in UNDOCUMENTED.items() for name, read in names.items()],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_each_undocumented_name_is_still_there(base: type, name: str, read: str) -> None:
    sources = [inspect.getsource(each) for each in base.__mro__ if each is not object]
    is_there = hasattr(base, name) or any(re.search(rf"\bself\.{name}\b", it) for it in sources)
    assert is_there, f"{base.__name__}.{name} is gone; read {read}"


def test_what_the_library_asks_a_closed_socket() -> None:
    """``Transport.stop_thread`` reads ``sock._closed``, which sockets have."""
    assert "sock._closed" in inspect.getsource(paramiko.Transport.stop_thread)
    assert hasattr(monitored_socket.MonitoredSocket, "_closed")
