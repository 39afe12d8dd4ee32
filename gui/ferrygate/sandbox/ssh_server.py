"""Serves SSH: algorithms, the identity function behind the password, ten channels at most."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import asyncssh

from ferrygate.common.clock import Clock
from ferrygate.sandbox.activity_log import Activity, ActivityLog, SessionLog
from ferrygate.sandbox.faults import Faults
from ferrygate.sandbox.guarded_store import GuardedStore
from ferrygate.sandbox.local_lambda import BUCKET, KEY_ARN, LocalLambda, Verdict
from ferrygate.sandbox.object_tree import ObjectTree
from ferrygate.sandbox.open_store import ObjectsOf
from ferrygate.sandbox.organization import Organization
from ferrygate.sandbox.records import Counters, SignInLog, SignInRecord
from ferrygate.sandbox.security_policies import ALGORITHMS
from ferrygate.sandbox.server_connection import ServerConnection, TransferServer
from ferrygate.sandbox.settings import BucketKey, InitialWindow, Settings, SignInMethods
from ferrygate.sandbox.sftp_handler import SftpHandler
from ferrygate.sandbox.sftp_session import SftpSession
from ferrygate.sandbox.store import Store
from ferrygate.sandbox.store_calls import CallsOnLoop, StoreThreads
from ferrygate.sandbox.transfer_answer import Granted

IDENT = "AWS_SFTP_1.2"
MAX_CHANNELS = 10  # of one connection, as AWS Transfer allows

COMPRESSIONS = ("none", "zlib@openssh.com")
_WINDOW_BYTES = 0x200000  # that a client may send before more is granted, as at AWS Transfer
_MAX_CHANNEL_PACKET_BYTES = 0x8000  # of data in one packet

_BLOCKED_NAME = re.compile(r".{0,2}|root", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class SandboxContext:
    """Holds what all connections of one sandbox share.

    ``connections`` are those that are open; it is kept on the server's thread. ``threads`` run the
    calls to a store that has to be waited for; without them, calls run on the event loop.
    """

    function: LocalLambda
    organization: Organization
    faults: Faults
    log: SignInLog
    counters: Counters
    code_digits: int
    clock: Clock
    objects_of: ObjectsOf
    settings: Settings
    activities: ActivityLog
    threads: StoreThreads | None = None
    connections: set[SshConnection] = field(default_factory=set)


class SshConnection(TransferServer):
    """Serves one client's connection; all of it on the server's event loop."""

    def __init__(self, context: SandboxContext) -> None:
        self.opens_windows_late = context.settings.initial_window is InitialWindow.ZERO
        self._context = context
        self._sessions: set[SftpSession] = set()
        self._failed = 0
        self._is_key_accepted = False
        self._username = ""
        self._verdict = _refused("not-asked")  # about that name, the latest
        self._granted: Granted | None = None
        self._activities = SessionLog(context.activities)
        self._last_request = 0.0
        self._idle_check: asyncio.TimerHandle | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Keep the connection."""
        self._conn = conn
        self._context.connections.add(self)
        self.requested()
        self._check_idle()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  the library's own signature
        """Forget the connection."""
        if self._idle_check is not None:
            self._idle_check.cancel()
        self._context.connections.discard(self)
        if self._granted is not None:
            self._activities.append(Activity.DISCONNECTED)

    def begin_auth(self, username: str) -> bool:
        """Show the banner, and demand a password or key of every client, anew for each name."""
        self._username = username
        self._is_key_accepted = False
        if self._context.settings.banner:
            self._conn.send_auth_banner(f"{self._context.settings.banner}\r\n")
        return True

    def password_auth_supported(self) -> bool:
        """Offer passwords, after a key where both are needed."""
        return self._is_key_accepted or not self._needs_both()

    async def validate_password(self, username: str, password: str) -> bool:
        """Ask the identity function, as AWS Transfer does.

        Raises:
            asyncssh.ProtocolError: too many tries; ends the connection.
        """
        verdict = self._verdict = await self._ask(username, password)
        self._record(username, password, verdict)
        if verdict.granted:
            return True
        self._deny(username, verdict, "password")
        return False

    def public_key_auth_supported(self) -> bool:
        """Tell whether keys may be offered beside passwords, or before them."""
        methods = self._context.settings.sign_in_methods
        return methods is not SignInMethods.PASSWORD and not self._is_key_accepted

    def finish_method(self) -> bool:
        """Count a key as accepted, where a password has to follow; else take what was granted."""
        if self._needs_both() and not self._is_key_accepted:
            self._is_key_accepted = True
            return True
        self._granted = self._verdict.granted
        self._context.counters.connections += 1
        self._log_connected()
        return False

    def _needs_both(self) -> bool:
        methods = self._context.settings.sign_in_methods
        return methods is SignInMethods.PUBLIC_KEY_AND_PASSWORD

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Ask the identity function for the keys of a name, as AWS Transfer does for each key.

        Raises:
            asyncssh.ProtocolError: too many tries; ends the connection.
        """
        verdict = self._verdict = await self._ask(username, None)
        self._record(username, "", verdict)
        keys = verdict.granted.public_keys if verdict.granted else ()
        if key in [asyncssh.import_public_key(each) for each in keys]:
            return True
        self._deny(username, verdict, "publickey")
        return False

    def _deny(self, username: str, verdict: Verdict, method: str) -> None:
        self._activities.append(
            Activity.AUTH_FAILURE,
            method=method,
            user=username,
            message=verdict.reason,
            source_ip=self._source_ip(),
        )
        self._failed += 1
        if self._failed >= self._context.settings.attempts:
            raise asyncssh.ProtocolError("Too many authentication failures")

    def session_requested(self) -> SftpSession | bool:
        """Open one more channel, up to ten."""
        context = self._context
        if self._granted is None:
            return False
        # Over once both sides sent CLOSE (RFC 4254 §5.3), though cleared away later.
        channels = sum(not session.closing for session in self._sessions)
        if channels >= MAX_CHANNELS:
            context.counters.refused_channels += 1
            return False
        handler = SftpHandler(
            self._store(self._granted),
            context.counters,
            context.settings,
            self._activities,
            lambda: context.faults.hide_sizes,
        )
        calls = context.threads.channel(self.cut) if context.threads else CallsOnLoop()
        session = SftpSession(handler, self, context.faults, calls)
        self._sessions.add(session)
        context.counters.saw_channels(channels + 1)
        return session

    def ended(self, session: SftpSession) -> None:
        """Record that a channel has ended."""
        self._sessions.discard(session)

    def requested(self) -> None:
        """Record that the client has asked for something now."""
        self._last_request = asyncio.get_running_loop().time()

    def _check_idle(self) -> None:
        """End the connection if nothing was asked for long; else look again when that may be."""
        loop = asyncio.get_running_loop()
        left = self._last_request + self._context.settings.idle_seconds - loop.time()
        if left <= 0:
            self._conn.close()
        else:
            self._idle_check = loop.call_later(left, self._check_idle)

    def cut(self) -> None:
        """End the connection without a word."""
        self._conn.abort()

    def wake(self) -> None:
        """Answer what has queued up on every channel."""
        for session in list(self._sessions):
            session.wake()

    async def closed(self) -> None:
        """Return when the connection has ended."""
        await self._conn.wait_closed()

    def _store(self, granted: Granted) -> Store:
        context = self._context
        objects = context.objects_of(self._conn.get_extra_info("username"))
        if granted.policy:
            key_arn = "" if context.settings.bucket_key is BucketKey.NONE else KEY_ARN
            objects = GuardedStore(objects, BUCKET, granted.policy, key_arn)
        mappings = {
            entry: target.removeprefix(f"{BUCKET}/") for entry, target in granted.mappings.items()
        }
        return ObjectTree(objects, mappings, context.settings)

    async def _ask(self, username: str, password: str | None) -> Verdict:
        if _BLOCKED_NAME.fullmatch(username):
            return _refused("user-name-blocked")
        if self._context.faults.refuse_sign_ins:
            return _refused("refused-by-order")
        ask = self._context.function.ask
        return await asyncio.get_running_loop().run_in_executor(
            None, ask, username, password, self._source_ip()
        )

    def _source_ip(self) -> str:
        return str(self._conn.get_extra_info("peername")[0])

    def _log_connected(self) -> None:
        info = self._conn.get_extra_info
        home = next(iter(self._granted.mappings.values())) if self._granted else ""
        self._activities.append(
            Activity.CONNECTED,
            user=self._username,
            role=str(self._verdict.answer["Role"]),
            home_dir=f"/{home}",
            client=str(info("client_version")),
            ciphers=f"{info('recv_cipher')},{info('send_cipher')}",
            source_ip=self._source_ip(),
        )

    def _record(self, username: str, password: str, verdict: Verdict) -> None:
        context = self._context
        end = password[-context.code_digits :]
        code = end if re.fullmatch(r"[0-9]+", end, re.ASCII) else ""
        context.log.append(
            SignInRecord(
                time=context.clock.now(),
                username=username,
                outcome=verdict.reason,
                detail=verdict.detail,
                step=context.organization.step_of(code) if code else None,
                code_hash=context.log.hash_of(code),
            )
        )


async def listen(
    make: Callable[[], SshConnection],
    *,
    host: str,
    port: int,
    host_keys: Sequence[asyncssh.SSHKey],
    settings: Settings,
) -> asyncssh.SSHAcceptor:
    """Begin to take connections, with the sign-in methods of the settings.

    A connection whose client gives no sign of life for the settings' ``unresponsive_seconds`` is
    ended.
    """
    algorithms = ALGORITHMS[settings.security_policy]
    options = await asyncssh.SSHServerConnectionOptions.construct(
        host=host,
        port=port,
        server_factory=make,
        server_host_keys=list(host_keys),
        server_version=IDENT,
        kex_algs=algorithms.key_exchanges,
        encryption_algs=algorithms.ciphers,
        mac_algs=algorithms.macs,
        compression_algs=COMPRESSIONS,
        public_key_auth=settings.sign_in_methods is not SignInMethods.PASSWORD,
        host_based_auth=False,
        kbdint_auth=False,
        gss_host=None,
        encoding=None,
        line_editor=False,
        allow_pty=False,
        agent_forwarding=False,
        window=_WINDOW_BYTES,
        max_pktsize=_MAX_CHANNEL_PACKET_BYTES,
        # The client is asked for a sign of life after each of these; two without one end it.
        keepalive_interval=settings.unresponsive_seconds / 2,
        keepalive_count_max=1,
    )
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: ServerConnection(loop, options), host, port)
    return asyncssh.SSHAcceptor(server, options)


def _refused(outcome: str) -> Verdict:
    return Verdict(reason=outcome, detail="", answer={}, granted=None)
