"""Holds the secrets of the open site: from the keychain, or typed for this session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ferrygate.codes import otpauth
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.message import Message
from ferrygate.common.secret import Secret, SecretKind, in_order
from ferrygate.engine.messages.session import SecretsChanged, TypedCredentials
from ferrygate.engine.session.keychain_secrets import KeychainSecrets, saved_secrets
from ferrygate.sign_in.credentials import Credentials, TypedCode
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import Site
from ferrygate.sites.skew import SkewStore
from ferrygate.ssh.key_header import may_need_passphrase
from ferrygate.vault.vault import Binding, Vault

FIELDS = {
    SecretKind.PASSWORD: "password",
    SecretKind.CODE_SECRET: "code_secret",
    SecretKind.PASSPHRASE: "passphrase",
}


class _SetUpCode(msgspec.Struct, frozen=True):
    """Holds a code secret that was set up for the open site."""

    secret: CodeSecret
    save: bool


class SessionSecrets:
    """Holds secrets in memory while the site is open, and keeps them once they are proven.

    What is at hand is told by SecretsChanged, whenever that changes.

    :meth:`look_up`, :meth:`keep_code_secret` and :meth:`forget_saved` wait for the keychain and
    are called in the background; the rest is for the engine's thread.
    """

    def __init__(
        self,
        open_vault: Callable[[], Vault],
        known_hosts: KnownHosts,
        live_secrets: LiveSecrets,
        emit: Callable[[SecretsChanged], None],
    ) -> None:
        self._open_vault = open_vault
        self._known_hosts = known_hosts
        self._live_secrets = live_secrets
        self._save: frozenset[SecretKind] = frozenset()
        self._changed: frozenset[SecretKind] = frozenset()
        self._credentials = Credentials()
        self._set_up: _SetUpCode | None = None
        self._unproven: frozenset[SecretKind] = frozenset()  # typed, and not accepted yet
        self._emit = emit
        self._site: Site | None = None  # of which is told what is at hand
        self._can_save = False
        self._note: Message | None = None
        self._told: SecretsChanged | None = None

    @property
    def credentials(self) -> Credentials:
        """Return what is in memory; whatever is set here, the log's filter knows from then on."""
        return self._credentials

    @credentials.setter
    def credentials(self, credentials: Credentials) -> None:
        for secret in _texts(credentials):
            self._live_secrets.add(secret)
        kept = _texts(credentials)
        for secret in _texts(self._credentials):
            if secret not in kept:
                self._live_secrets.discard(secret)
        self._credentials = credentials
        self._tell()

    def _tell(self) -> None:
        """Tell what is at hand, unless that was told last."""
        if self._site is None:
            return
        now = SecretsChanged(
            site=self._site,
            has_password=self._is_at_hand(SecretKind.PASSWORD),
            has_code_secret=self._is_at_hand(SecretKind.CODE_SECRET),
            has_passphrase=self._is_at_hand(SecretKind.PASSPHRASE),
            can_save=self._can_save,
            keychain_note=self._note,
        )
        if now != self._told:
            self._told = now
            self._emit(now)

    def _is_at_hand(self, kind: SecretKind) -> bool:
        """Tell whether a secret need not be typed: it was kept, or a sign-in has proven it."""
        return getattr(self._credentials, FIELDS[kind]) is not None and kind not in self._unproven

    def open(self, given: Credentials, *, keeps_code: bool) -> None:
        """Hold what is given for a site that is opened, and nothing else.

        What is at hand for it is told once the keychain was asked (:meth:`adopt`).

        Args:
            given: the secrets.
            keeps_code: hold the code secret that was set up for the open site as well.
        """
        set_up = self._set_up if keeps_code else None
        self._site = None
        self.forget()
        self.credentials = given
        if set_up is not None:
            self.use_code_secret(set_up.secret, save=set_up.save)

    @contextmanager
    def in_use(self, typed: TypedCode | None) -> Iterator[None]:
        """Have the log's filter know a typed code while it is on its way; from any thread."""
        if typed is None:
            yield
            return
        self._live_secrets.add(typed.code)
        try:
            yield
        finally:
            self._live_secrets.discard(typed.code)

    def adopt(self, site: Site, found: KeychainSecrets) -> None:
        """Use what the keychain has for the site; what was given while it was asked stands."""
        given, kept = self.credentials, found.credentials
        self._site, self._told = site, None
        self._can_save, self._note = found.can_save, found.note
        self.credentials = Credentials(
            password=given.password or kept.password,
            code_secret=given.code_secret or kept.code_secret,
            passphrase=given.passphrase or kept.passphrase,
            saved_for={
                kind: keys
                for kind, keys in kept.saved_for.items()
                if getattr(given, FIELDS[kind]) is None
            },
        )

    def forget(self) -> None:
        """Drop what is in memory."""
        self.credentials = Credentials()
        self._set_up = None
        self._save = self._changed = self._unproven = frozenset()

    def use(self, typed: TypedCredentials) -> None:
        """Use what a person has typed for this session; keep it once proven where that is said."""
        if typed.password is not None:
            self.use_password(typed.password, save=typed.save)
        if typed.passphrase is not None:
            self.use_passphrase(typed.passphrase, save=typed.save)

    def use_password(self, password: Secret, *, save: bool) -> None:
        """Use a password for this session; keep it once proven when ``save``."""
        self._hold(SecretKind.PASSWORD, password, save=save)

    def use_code_secret(self, secret: CodeSecret, *, save: bool) -> None:
        """Use a code secret for this session; keep it once proven when ``save``."""
        self._set_up = _SetUpCode(secret, save)
        self._hold(SecretKind.CODE_SECRET, secret, save=save)

    def use_passphrase(self, passphrase: Secret, *, save: bool) -> None:
        """Use a private key's passphrase for this session; keep it once proven when ``save``."""
        self._hold(SecretKind.PASSPHRASE, passphrase, save=save)

    def correct_code(self, site: Site, skews: SkewStore) -> None:
        """Make codes for the server's time, where this computer's clock is wrong."""
        secret = self.credentials.code_secret
        if secret is not None:
            corrected = skews.correct(site, secret)
            self.credentials = msgspec.structs.replace(self.credentials, code_secret=corrected)

    def drop(self, kind: SecretKind) -> None:
        """Drop one secret from memory."""
        if kind is SecretKind.CODE_SECRET:
            self._set_up = None
        self._hold(kind, None, save=False)

    def drop_stale(self, kinds: frozenset[SecretKind], *, changed: bool) -> None:
        """Drop what must not be sent; ``changed`` ones from the keychain too, once signed in."""
        if changed:  # the server took them before it had them changed
            self._prove()
        for kind in in_order(kinds):
            self.drop(kind)
        self._changed |= kinds if changed else frozenset()

    def forget_saved(self, site: Site, kind: SecretKind) -> None:
        """Drop one secret from the keychain; called in the background.

        Raises:
            KeychainError: it cannot be dropped.
        """
        self._open_vault().forget(kind, self._binding(site))

    def keep_code_secret(self, site: Site, secret: CodeSecret) -> None:
        """Keep a code secret that was proven without a sign-in; called in the background.

        Raises:
            KeychainError: it cannot be kept.
        """
        text = otpauth.format_otpauth(secret)
        self._open_vault().write(SecretKind.CODE_SECRET, self._binding(site), text)

    def _prove(self) -> None:
        """Note that the server has accepted what was typed."""
        self._unproven = frozenset()
        self._tell()

    def _hold(self, kind: SecretKind, secret: Secret | CodeSecret | None, *, save: bool) -> None:
        """Have a secret, or none, in place of what was there; it is bound to no key yet."""
        is_typed = secret is not None and kind is not SecretKind.CODE_SECRET
        self._unproven = self._unproven | {kind} if is_typed else self._unproven - {kind}
        held = self.credentials
        others = {other: keys for other, keys in held.saved_for.items() if other is not kind}
        self.credentials = msgspec.structs.replace(held, saved_for=others, **{FIELDS[kind]: secret})
        self._save = self._save | {kind} if save else self._save - {kind}
        self._changed -= {kind}

    def look_up(self, site: Site, given: frozenset[SecretKind] | None) -> KeychainSecrets:
        """Look up what the keychain has for a site; called in the background.

        A keychain that fails is a note, not an error, and so is an entry that is broken.

        Args:
            site: the site.
            given: as :attr:`ferrygate.engine.messages.session.OpenSite.given`. A keychain takes
                100 ms to find, so one that is not needed is not opened.
        """
        kinds = frozenset(SecretKind) if given is None else _needed(site) - given
        if not kinds:
            return KeychainSecrets()
        return saved_secrets(self._open_vault(), kinds, self._binding(site))

    def keep_proven(self, site: Site, host_key: HostKey) -> Callable[[], None] | None:
        """Return what keeps in the background what a sign-in has proven.

        What is kept is bound to the key that the server showed: the only one that is proven. So is
        what had been kept before any sign-in. What the person has changed meanwhile is forgotten.

        ``None`` where nothing is to be done. Raises, when called, KeychainError.
        """
        wanted = self._wanted(site)
        self._prove()
        changed = self._changed
        self._save = self._changed = frozenset()
        if not (wanted or changed):
            return None
        binding = _bound(site, frozenset({host_key.fingerprint}))
        self.credentials = msgspec.structs.replace(
            self.credentials,
            saved_for=dict.fromkeys(self.credentials.saved_for, binding.host_keys),
        )

        def keep() -> None:
            vault = self._open_vault()
            for kind in in_order(changed):
                vault.forget(kind, binding)
            for kind, text in wanted:
                vault.write(kind, binding, text)

        return keep

    def _wanted(self, site: Site) -> list[tuple[SecretKind, Secret]]:
        """List what is to be kept as the person wishes, where the site allows it."""
        allowed = {
            SecretKind.PASSWORD: site.policy.save_password,
            SecretKind.CODE_SECRET: site.policy.save_code_secret,
            SecretKind.PASSPHRASE: site.policy.save_password,
        }
        texts = {
            SecretKind.PASSWORD: self.credentials.password,
            SecretKind.CODE_SECRET: self.credentials.code_secret
            and otpauth.format_otpauth(self.credentials.code_secret),
            SecretKind.PASSPHRASE: self.credentials.passphrase,
        }
        unbound = {kind for kind, keys in self.credentials.saved_for.items() if not keys}
        return [
            (kind, text)
            for kind, text in texts.items()
            if text and allowed[kind] and kind in self._save | unbound
        ]

    def _binding(self, site: Site) -> Binding:
        """Bind to the keys trusted now: those on record, or if none, those that the site pins."""
        known = self._known_hosts.keys_for(site.host, site.port)
        fingerprints = frozenset(key.fingerprint for key in known)
        return _bound(site, fingerprints or frozenset(site.host_key_fingerprints))


def _bound(site: Site, host_keys: frozenset[str]) -> Binding:
    return Binding(
        host=site.host,
        port=site.port,
        username=site.username,
        okta_address=site.sign_in.okta_address,
        host_keys=host_keys,
    )


def _needed(site: Site) -> frozenset[SecretKind]:
    """Name the secrets that the site's steps may use, no passphrase for a key in clear."""
    used = site.secrets_used
    if SecretKind.PASSPHRASE in used and not may_need_passphrase(Path(site.sign_in.private_key)):
        return used - {SecretKind.PASSPHRASE}
    return used


def _texts(credentials: Credentials) -> list[Secret]:
    key = credentials.code_secret.key if credentials.code_secret else None
    return [text for text in (credentials.password, key, credentials.passphrase) if text]
