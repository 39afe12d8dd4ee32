"""Runs AWS Transfer, its identity function, Okta and a store of files on this computer."""

from __future__ import annotations

import contextlib
import json
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from ferrygate.codes.keys import encode_key
from ferrygate.codes.otpauth import format_otpauth
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.common.secret import Secret
from ferrygate.sandbox.accounts import Account, accounts_in_every_state
from ferrygate.sandbox.activity_log import ActivityLog
from ferrygate.sandbox.bucket_options import BucketOptions
from ferrygate.sandbox.faults import Faults
from ferrygate.sandbox.host_keys import host_keys
from ferrygate.sandbox.local_lambda import KEY_ARN, LocalLambda, environment_of
from ferrygate.sandbox.okta_replies import Factor
from ferrygate.sandbox.okta_server import OktaServer
from ferrygate.sandbox.open_store import ObjectsOf, open_bucket, open_folder
from ferrygate.sandbox.organization import Organization
from ferrygate.sandbox.records import Counters, SignInLog
from ferrygate.sandbox.settings import BucketKey, Settings
from ferrygate.sandbox.ssh_server import SandboxContext
from ferrygate.sandbox.ssh_thread import SshThread
from ferrygate.sandbox.store_calls import StoreThreads

_ISSUER = "Ferrygate sandbox"
_KEY_BYTES = 10  # 80 bits, as Okta hands out
_DIGITS = 6


class SandboxOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Holds how a sandbox is set up.

    Attributes:
        state: folder for host keys, logs and the journal of uploads, kept between runs.
        root: the visible store; the home folder is ``root / username``, filled when missing.
        host: address to listen on; anything but the loopback is open to the network.
        port: port to listen on; 0 for any.
        period: life of a code in seconds, where ``code_secret`` is not given.
        username: the one account's name.
        password: its password; random when None.
        code_secret: its code secret; random when None.
        enrolled: the account has its code factor; when false, Okta asks to enrol one, and hands
            out ``code_secret``.
        settings: what can be set at AWS Transfer, or is not known of it.
        bucket: holds the files instead of ``root``, which is left alone then.
    """

    state: Path
    root: Path
    host: str = "127.0.0.1"
    port: int = 0
    period: int = 30
    username: str = "vendor7"
    password: Secret | None = None
    code_secret: CodeSecret | None = None
    enrolled: bool = True
    settings: Settings = Settings()
    bucket: BucketOptions | None = None

    @property
    def digits(self) -> int:
        """Return the length of a code, in digits."""
        return self.code_secret.digits if self.code_secret else _DIGITS

    def new_code_secret(self) -> CodeSecret:
        """Return the code secret of the options, or a random one."""
        return self.code_secret or CodeSecret(
            key=encode_key(secrets.token_bytes(_KEY_BYTES)), digits=_DIGITS, period=self.period
        )


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Tells a client all that it needs to know of a running sandbox.

    Attributes:
        host: address of the SSH server.
        port: its port.
        username: the account's name.
        password: its password, without a code.
        totp_secret: its code secret, in base32; empty where none is enrolled.
        otpauth_uri: the same as an ``otpauth://`` address; empty where none is enrolled.
        host_key_fingerprints: ``SHA256:`` and unpadded base64, one for each key.
        okta_address: ``http://`` address of the local Okta.
        root: the account's home folder on disk.
        home: that folder, or the ``s3://`` address of the home in a bucket.
        period: life of a code in seconds.
    """

    host: str
    port: int
    username: str
    password: Secret
    totp_secret: Secret
    otpauth_uri: Secret
    host_key_fingerprints: tuple[str, ...]
    okta_address: str
    root: Path
    home: str
    period: int

    @property
    def host_key_fingerprint(self) -> str:
        """Return the fingerprint of the first host key."""
        return self.host_key_fingerprints[0]


class Sandbox:
    """Runs its servers on threads of its own; also a context manager.

    Attributes:
        organization: the local Okta, its account and switches.
        faults: failures that a test chooses.
        log: all sign-ins.
        counters: what clients did.
    """

    def __init__(self, options: SandboxOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._password = options.password or Secret(secrets.token_urlsafe(12))
        self._code_secret = options.new_code_secret() if options.enrolled else None
        enrolled = (Factor(id="ostf1", secret=self._code_secret),) if options.enrolled else ()
        account = Account(username=options.username, password=self._password, factors=enrolled)
        others = accounts_in_every_state(self._password, enrolled)
        self.organization = Organization(account, clock, options.new_code_secret, others)
        self.organization.switches.requests_per_second = options.settings.okta_requests_per_second
        self.organization.switches.show_lock_outs = options.settings.okta_shows_lock_outs
        self.faults = Faults(self.organization)
        self.log = SignInLog(options.state / "sign-ins.jsonl")
        self.counters = Counters()
        self._running = contextlib.ExitStack()
        self._ready: Ready | None = None

    @property
    def ready(self) -> Ready:
        """Return what :meth:`start` returned.

        Raises:
            RuntimeError: the sandbox does not run.
        """
        if self._ready is None:
            raise RuntimeError("the sandbox does not run")
        return self._ready

    def start(self) -> Ready:
        """Start the servers; returns when they take connections.

        Raises:
            OSError: the port is taken, or a folder cannot be written.
            OverflowError: there is no such port.
            UnicodeError: no name of a host can be like this.
            SettingsError: a host key cannot be written, or is damaged.
            UsageError: the bucket cannot be used.
            RuntimeError: the sandbox runs already.
        """
        if self._ready is not None:
            raise RuntimeError("the sandbox runs already")
        options = self._options
        options.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = options.settings
        keys = host_keys(options.state, settings.host_keys, rotate=settings.rotate_host_keys)
        home = options.root / options.username.lower()
        with contextlib.ExitStack() as starting:
            okta = OktaServer(self.organization, self._clock)
            okta.start()
            starting.callback(okta.stop)
            context = self._make_context(okta.address, self._open_store(starting))
            ssh = SshThread(context, host=options.host, port=options.port, host_keys=keys)
            port = ssh.start()
            starting.callback(ssh.stop)
            self.faults.act_on(ssh)
            starting.callback(self.faults.act_on, None)
            self._running = starting.pop_all()
        self._ready = self._describe(
            port, [key.get_fingerprint() for key in keys], okta.address, home
        )
        return self._ready

    def stop(self) -> None:
        """Cut all connections, stop the servers and wait for their threads."""
        self._ready = None
        self._running.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _describe(self, port: int, fingerprints: list[str], okta_address: str, home: Path) -> Ready:
        options, code_secret = self._options, self._code_secret
        return Ready(
            host=options.host,
            port=port,
            username=options.username,
            password=self._password,
            totp_secret=code_secret.key if code_secret else Secret(""),
            otpauth_uri=_otpauth_uri(options.username, code_secret) if code_secret else Secret(""),
            host_key_fingerprints=tuple(fingerprints),
            okta_address=okta_address,
            root=home,
            home=options.bucket.address(home.name) if options.bucket else str(home),
            period=(code_secret or options).period,
        )

    def _open_store(self, starting: contextlib.ExitStack) -> ObjectsOf:
        options = self._options
        if options.bucket is not None:
            return open_bucket(options.bucket, options.state, self._clock, starting)
        return open_folder(
            options.root,
            options.username.lower(),
            self._clock,
            starting,
            keeps_versions=options.settings.versions,
        )

    def _make_context(self, okta_address: str, objects_of: ObjectsOf) -> SandboxContext:
        options = self._options
        key_arn = KEY_ARN if options.settings.bucket_key is BucketKey.TOLD else ""
        environment = environment_of(okta_address, options.digits, key_arn)
        if options.settings.public_key:
            keys = {options.username: [options.settings.public_key]}
            environment |= {"METHODS": "PUBLIC_KEY_AND_PASSWORD", "KEYS": json.dumps(keys)}
        return SandboxContext(
            function=LocalLambda(environment, self._clock),
            organization=self.organization,
            faults=self.faults,
            log=self.log,
            counters=self.counters,
            code_digits=options.digits,
            clock=self._clock,
            objects_of=objects_of,
            settings=options.settings,
            activities=ActivityLog(options.state / "activities.jsonl"),
            threads=StoreThreads() if options.bucket is not None else None,
        )


def _otpauth_uri(username: str, code_secret: CodeSecret) -> Secret:
    """Return the ``otpauth://`` address that an authenticator app takes."""
    return format_otpauth(msgspec.structs.replace(code_secret, issuer=_ISSUER, label=username))
