"""OpenSSH with PAM and google-authenticator: password and code checked by other people's code.

PAM's service name is the name of sshd's own file, so a copy of sshd under a name of its own gets
rules of its own in /etc/pam.d, and no other service of the machine is touched.
"""

from __future__ import annotations

import base64
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum
from pathlib import Path

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret
from servers.rigs.accounts import Account, privilege_separation, throw_away_account
from servers.rigs.keys import fingerprints, make_key
from servers.rigs.rig import Rig
from servers.rigs.server_process import HOST, UNPACKED
from servers.rigs.sshd import SSHD, running_sshd

PERIOD_SECONDS = 5
PAM_FOLDER = Path("/etc/pam.d")
SERVICE_PREFIX = "sshd-otp-"
"""The server's own copy and its rules begin with it; a token that its account shares follows."""


class Form(Enum):
    """Names the ways in which the server asks for password and code."""

    JOINED = "joined"
    """Both in one string, by the ``password`` method."""

    TWO_ROUNDS = "two-rounds"
    """First the password, then the code, by the ``keyboard-interactive`` method."""

    KEY_THEN_JOINED = "key-then-joined"
    """A private key, then both in one string, by the ``password`` method."""


_METHODS = {
    Form.JOINED: "password",
    Form.TWO_ROUNDS: "keyboard-interactive",
    Form.KEY_THEN_JOINED: "publickey,password",
}


@contextmanager
def openssh_otp_rig(state: Path, form: Form = Form.JOINED) -> Iterator[Rig]:
    """Run an sshd with one throw-away account, whose codes live 5 s and are good once.

    Needs root. Account, home and PAM rules are removed afterwards.

    Args:
        state: an empty folder, closed to others, for keys, configuration and code secret.
        form: how it asks.
    """
    code_secret = CodeSecret(
        key=Secret(base64.b32encode(secrets.token_bytes(20)).decode("ascii")),
        period=PERIOD_SECONDS,
    )
    secret_file = state / "code_secret"
    secret_file.touch(mode=0o600)
    secret_file.write_text(_authenticator_file(code_secret), encoding="ascii")
    token = secrets.token_hex(4)
    service = f"{SERVICE_PREFIX}{token}"
    with ExitStack() as undo:
        binary = Path(shutil.copy(SSHD, state / service))
        rules = PAM_FOLDER / service
        undo.callback(rules.unlink)
        rules.write_text(_pam_rules(form, secret_file), encoding="ascii")
        account = undo.enter_context(throw_away_account(token))
        undo.enter_context(privilege_separation())
        private_key = _authorised_key(state, account) if form is Form.KEY_THEN_JOINED else None
        settings = {
            "UsePAM": "yes",
            "AuthorizedKeysFile": ".authorized_keys",
            "PasswordAuthentication": "no" if form is Form.TWO_ROUNDS else "yes",
            "KbdInteractiveAuthentication": "yes" if form is Form.TWO_ROUNDS else "no",
            "AuthenticationMethods": _METHODS[form],
            "AllowUsers": account.name,
            "ForceCommand": "internal-sftp",
        }
        server = undo.enter_context(running_sshd(binary, state, settings))
        yield Rig(
            host=HOST,
            port=server.port,
            username=account.name,
            host_key_fingerprints=fingerprints(state),
            home=account.home,
            server=server,
            private_key=private_key,
            password=account.password,
            code_secret=code_secret,
        )


def _authorised_key(state: Path, account: Account) -> Path:
    """Make a key for the account; the server looks in the home, with the account's rights."""
    private_key = make_key(state / "id_ed25519", "ed25519")
    shutil.copy(private_key.with_suffix(".pub"), account.home / ".authorized_keys")
    return private_key


def _authenticator_file(secret: CodeSecret) -> str:
    """Write the secret file of pam_google_authenticator (its FILEFORMAT document)."""
    return (
        f"{secret.key.reveal()}\n"
        f'" STEP_SIZE {secret.period}\n'
        '" WINDOW_SIZE 3\n'
        '" DISALLOW_REUSE\n'
        '" TOTP_AUTH\n'
    )


def _pam_rules(form: Form, secret_file: Path) -> str:
    """Write the service's rules (pam.d(5))."""
    (module,) = UNPACKED.glob("lib/*/security/pam_google_authenticator.so")
    # noskewadj: no answer hangs on earlier wrong codes.
    # "required", not "requisite": a wrong code and a wrong password look the same from outside.
    code = f"auth required {module} secret={secret_file} user=root noskewadj"
    if form is Form.TWO_ROUNDS:
        auth = ["auth required pam_unix.so nodelay", code]
    else:
        auth = [f"{code} forward_pass", "auth required pam_unix.so use_first_pass nodelay"]
    rules = [*auth, "account required pam_unix.so", "session required pam_permit.so"]
    return "\n".join([*rules, ""])
