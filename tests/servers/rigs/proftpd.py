"""ProFTPD: the password first, then the code by keyboard-interactive (mod_sftp, mod_auth_otp).

Root is not needed. The account is one of ProFTPD's own (AuthUserFile), with the rights of whoever
runs the tests.
"""

from __future__ import annotations

import base64
import grp
import os
import pwd
import secrets
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret
from servers.rigs.keys import HOST_KEY_TYPES, fingerprints, host_key
from servers.rigs.rig import Rig
from servers.rigs.server_process import HOST, UNPACKED, ServerProcess, free_port

_USER = "vendor7"
_SBIN = UNPACKED / "usr" / "sbin"


@contextmanager
def proftpd_rig(state: Path) -> Iterator[Rig]:
    """Run a ProFTPD with one account, whose codes live 30 s: mod_auth_otp knows no other life.

    Args:
        state: an empty folder, closed to others, for keys, configuration, account and home.
    """
    password = Secret(secrets.token_urlsafe(12))
    code_secret = CodeSecret(key=Secret(base64.b32encode(secrets.token_bytes(20)).decode("ascii")))
    home = state / "home"
    home.mkdir()
    _write_account(state, home, password)
    _write_code_secret(state, code_secret)
    for kind in HOST_KEY_TYPES:
        host_key(state, kind)
    port = free_port()
    config = state / "proftpd.conf"
    config.write_text("\n".join([*_configuration(state, port), ""]), encoding="utf-8")
    (libraries,) = UNPACKED.glob("usr/lib/*-linux-gnu")
    process = subprocess.Popen(
        [_SBIN / "proftpd", "--nodaemon", "--debug", "2", "--config", config],
        env={"LD_LIBRARY_PATH": str(libraries)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    server = ServerProcess(process, port)
    try:
        server.wait_for_log("STARTUP")
        yield Rig(
            host=HOST,
            port=port,
            username=_USER,
            host_key_fingerprints=fingerprints(state),
            home=home,
            server=server,
            password=password,
            code_secret=code_secret,
        )
    finally:
        server.stop()


def _write_account(state: Path, home: Path, password: Secret) -> None:
    """Write the account in the form of passwd(5), by ProFTPD's own tool."""
    subprocess.run(
        [
            *(_SBIN / "ftpasswd", "--passwd", "--sha512", "--stdin", f"--file={state / 'users'}"),
            *(f"--name={_USER}", f"--uid={os.getuid()}", f"--gid={os.getgid()}"),
            *(f"--home={home}", "--shell=/bin/sh"),
        ],
        input=password.reveal(),
        text=True,
        check=True,
        capture_output=True,
    )


def _write_code_secret(state: Path, secret: CodeSecret) -> None:
    with closing(sqlite3.connect(state / "codes.db")) as database, database:
        database.execute("CREATE TABLE codes (user TEXT PRIMARY KEY, secret TEXT, counter INTEGER)")
        database.execute("INSERT INTO codes VALUES (?, ?, 0)", (_USER, secret.key.reveal()))


def _configuration(state: Path, port: int) -> list[str]:
    return [
        f"ModulePath {UNPACKED / 'usr/lib/proftpd'}",
        *(f"LoadModule mod_{name}.c" for name in ("sql", "sql_sqlite", "sftp", "auth_otp")),
        "ServerType standalone",
        f"DefaultAddress {HOST}",
        "SocketBindTight on",
        "UseIPv6 off",
        "UseReverseDNS off",
        f"Port {port}",
        f"PidFile {state / 'pid'}",
        "ScoreboardFile none",
        "WtmpLog off",
        "TransferLog none",
        "DelayEngine off",
        f"User {pwd.getpwuid(os.geteuid()).pw_name}",
        f"Group {grp.getgrgid(os.getegid()).gr_name}",
        "RootLogin on",  # where root runs the tests
        "RequireValidShell off",
        "AllowOverwrite on",
        f"AuthUserFile {state / 'users'}",
        "AuthOrder mod_auth_otp.c mod_auth_file.c",
        "SQLEngine on",
        "SQLBackend sqlite3",
        "SQLAuthenticate off",
        f"SQLConnectInfo {state / 'codes.db'}",
        "SQLNamedQuery secret SELECT \"secret FROM codes WHERE user = '%{0}'\"",
        "SQLNamedQuery counted UPDATE \"counter = %{1} WHERE user = '%{0}'\" codes",
        "AuthOTPEngine on",
        f"AuthOTPLog {state / 'codes.log'}",
        "AuthOTPTable sql:/secret/counted",
        "SFTPEngine on",
        f"SFTPLog {state / 'sftp.log'}",
        *(f"SFTPHostKey {state / f'host_{kind}'}" for kind in HOST_KEY_TYPES),
        "SFTPAuthMethods password+keyboard-interactive",
    ]
