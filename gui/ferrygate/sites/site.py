"""Describes a site: all that is needed to reach an account on a server, but its secrets."""

from __future__ import annotations

import unicodedata

import msgspec

from ferrygate.common.secret import SecretKind
from ferrygate.sites.address import canonical_host, canonical_okta

DEFAULT_PORT = 22
_KEY_STEP = "publickey"
_PASSWORD_STEP = "password"  # noqa: S105  a method's name
DEFAULT_LATE_PART_SECONDS = 330  # AWS Transfer Family gives a silent client 300


class SignInSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Holds how this server wants to be asked.

    Attributes:
        steps: SSH authentication method names (RFC 4252, RFC 4256) in order.
        join: template of what the password step sends; knows ``{password}`` and ``{code}``.
        private_key: path of the key for a ``publickey`` step, or empty.
        digits: length of the code, 6 to 8.
        period: life of a code in seconds.
        algorithm: ``SHA1``, ``SHA256`` or ``SHA512``.
        okta_address: ``https://`` address of the Okta organisation, or empty.
        prompts: what prompts of keyboard-interactive want, by their exact text: ``password``,
            ``code``, ``both`` (joined as ``join`` says) or ``ask`` (the person).
    """

    steps: tuple[str, ...] = ("password",)
    join: str = "{password}{code}"
    private_key: str = ""
    digits: int = 6
    period: int = 30
    algorithm: str = "SHA1"
    okta_address: str = ""
    prompts: tuple[tuple[str, str], ...] = ()

    @property
    def has_password_step(self) -> bool:
        """Tell whether the password is sent by the method of that name, joined as ``join`` says."""
        return _PASSWORD_STEP in self.steps

    @property
    def has_key_step(self) -> bool:
        """Tell whether a private key takes part."""
        return _KEY_STEP in self.steps


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what the people who run the server allow to be kept."""

    save_password: bool = True
    save_code_secret: bool = True


class Support(msgspec.Struct, frozen=True, kw_only=True):
    """Names the contact of a site."""

    contact: str = ""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Describes one account on one server.

    Attributes:
        name: what people call it.
        host: DNS name or address.
        port: TCP port.
        username: empty where the person fills it in.
        host_key_fingerprints: pins in OpenSSH's form, ``SHA256:`` and unpadded base64.
        start_folder: the folder shown first.
        late_part_seconds: how long the server may keep the uploads of a connection open that has
            fallen silent, and show their parts after that; 0 where it never does.
    """

    name: str
    host: str
    port: int = DEFAULT_PORT
    username: str = ""
    host_key_fingerprints: tuple[str, ...] = ()
    start_folder: str = "/"
    late_part_seconds: int = DEFAULT_LATE_PART_SECONDS
    sign_in: SignInSettings = SignInSettings()
    policy: Policy = Policy()
    support: Support = Support()

    @property
    def account(self) -> str:
        """Name the account whose refusals are counted together: where it is kept, and its user.

        Okta counts wrong codes a user, whatever server asked, so two servers behind one Okta share
        one count. It takes a log-in with and without what follows the "@" for the same user.
        Addresses are compared in one spelling, and users in lower case, as Okta does.
        """
        if self.sign_in.okta_address:
            return f"{canonical_okta(self.sign_in.okta_address)} {self._user.partition('@')[0]}"
        return f"{canonical_host(self.host)}:{self.port} {self._user}"

    def accounts_at(self, fingerprint: str) -> tuple[str, ...]:
        """Name the account at a server that has shown this key, whatever the server is called.

        A site that names an Okta address counts there under both forms of its user, since another
        site of the same account may know neither the address nor the form.
        """
        users = [self._user]
        if self.sign_in.okta_address:
            users.insert(0, self._user.partition("@")[0])
        return tuple(dict.fromkeys(f"{fingerprint} {user}" for user in users))

    @property
    def sends_password(self) -> bool:
        """Tell whether any step of the sign-in may send a password or a code."""
        return any(step != _KEY_STEP for step in self.sign_in.steps)

    @property
    def secrets_used(self) -> frozenset[SecretKind]:
        """Name the secrets that the steps of the sign-in may use; a key may have no passphrase."""
        kinds = {SecretKind.PASSWORD, SecretKind.CODE_SECRET} if self.sends_password else set()
        return frozenset(kinds | ({SecretKind.PASSPHRASE} if self.sign_in.has_key_step else set()))

    @property
    def place(self) -> str:
        """Name the server for people: its host, with an unusual port."""
        return self.host if self.port == DEFAULT_PORT else f"{self.host}:{self.port}"

    @property
    def _user(self) -> str:
        return unicodedata.normalize("NFC", self.username.strip()).lower()
