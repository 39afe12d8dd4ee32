"""Reaches the right server: its host key is trusted, and the account is counted under that key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ferrygate.common.errors import HostKeyUnknownError, SecretsMissingError
from ferrygate.common.message import message, sentences
from ferrygate.common.secret import SecretKind
from ferrygate.sign_in.attempt_slot import AttemptSlot
from ferrygate.sign_in.credentials import Credentials, needs_word_on_key, saved_for_others
from ferrygate.sign_in.host_key import Verdict, check_host_key, check_not_revoked
from ferrygate.sign_in.steps import HostKeyAccepted, KeyTrust, ReportStep
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import Site
from ferrygate.ssh.algorithms import LATER_KEY_TYPES
from ferrygate.ssh.connection import Connection

_TRUST = {
    Verdict.KNOWN: KeyTrust.KNOWN,
    Verdict.PINNED: KeyTrust.PINNED,
    Verdict.UNKNOWN: KeyTrust.CONFIRMED,
}


class ServerObserver(Protocol):
    """Shows how a server is reached, and asks the person; called on the thread that reaches it."""

    def connecting(self) -> None:
        """Show that the server is being reached."""

    def secrets_not_used(self, kinds: frozenset[SecretKind]) -> None:
        """Show that saved secrets are not sent, as they belong to another host key."""

    def confirm_host_key(self, key: HostKey) -> bool:
        """Ask the person about a key nobody has confirmed; false refuses it."""
        ...


class Unasked:
    """Watches an attempt that asks nobody anything: a key that needs a word is refused."""

    def connecting(self) -> None:
        """Show nothing."""

    def secrets_not_used(self, _kinds: frozenset[SecretKind]) -> None:
        """Show nothing: there are no secrets."""

    def confirm_host_key(self, _key: HostKey) -> bool:
        """Say no."""
        return False


class RightServer:
    """Reaches the right server, for one attempt, as often as the attempt takes."""

    def __init__(
        self,
        known_hosts: KnownHosts,
        connect: Callable[[tuple[HostKey, ...]], Connection],
        site: Site,
        credentials: Credentials,
        slot: AttemptSlot,
        *,
        observer: ServerObserver,
        report: ReportStep,
        keeps_key: bool = True,
    ) -> None:
        """Take what is needed; without ``keeps_key`` no key is put on record."""
        self._known_hosts = known_hosts
        self._connect = connect
        self._site = site
        self._credentials = credentials
        self._slot = slot
        self._observer = observer
        self._report = report
        self._keeps_key = keeps_key
        self._confirmed: set[HostKey] = set()  # by the person

    def reach(self) -> Connection:
        """Connect, have the host key accepted, and count the attempt under that key."""
        site, slot = self._site, self._slot
        while True:
            self._observer.connecting()
            known = self._known_hosts.keys_for(site.host, site.port)
            connection = self._connect_for(known)
            shown = connection.host_key
            try:
                slot.renew()
                revoked = self._known_hosts.revoked_keys(site.host, site.port)
                check_not_revoked(site, revoked, shown)
                verdict = check_host_key(site, known, shown)
                _check_saved_for(site, self._credentials, shown, self._observer)
                unsure = needs_word_on_key(site, self._credentials)
                if (unsure or verdict is Verdict.UNKNOWN) and shown not in self._confirmed:
                    _have_confirmed(site, shown, self._observer)
                    self._confirmed.add(shown)
                if self._keeps_key and verdict is not Verdict.KNOWN:
                    self._known_hosts.add(site.host, site.port, shown)
                if slot.count_at(site, shown.fingerprint):
                    trust = _TRUST[Verdict.UNKNOWN if shown in self._confirmed else verdict]
                    self._report(HostKeyAccepted(shown.key_type, shown.fingerprint, trust))
                    return connection
            except BaseException:
                connection.close()
                raise
            connection.close()  # servers hang up on clients that are silent for long
            slot.wait_for_others(site, shown.fingerprint)

    def _connect_for(self, known: tuple[HostKey, ...]) -> Connection:
        """Connect; nothing about the account is sent.

        A pin does not tell the type of its key. Where none fits the key that was shown, and none
        is on record, the server is asked for its keys of other types before it counts as another,
        for those types that it has.
        """
        self._slot.renew()
        connection = self._connect(known)
        shown = {connection.host_key.key_type}
        pinned = self._site.host_key_fingerprints
        if not known and pinned:
            for key_type in LATER_KEY_TYPES:
                if connection.host_key.fingerprint in pinned:
                    break
                if key_type in shown or not connection.offers_key(key_type):
                    continue
                connection.close()
                self._slot.renew()
                connection = self._connect((HostKey(key_type, b""),))
                shown.add(connection.host_key.key_type)
        return connection


def _check_saved_for(
    site: Site, credentials: Credentials, shown: HostKey, observer: ServerObserver
) -> None:
    kinds = saved_for_others(site, credentials, shown.fingerprint)
    if kinds:
        observer.secrets_not_used(kinds)
        raise SecretsMissingError(
            sentences(
                message(
                    "{host} shows another key than when your secrets were saved.", host=site.host
                ),
                message("Nothing was sent to it."),
            ),
            next_step=message(
                "Ask your contact whether this key is right: {fingerprint}. If so, enter your"
                " secrets again.",
                fingerprint=shown.fingerprint,
            ),
            detail=f"shown: {shown.fingerprint};"
            f" not used: {', '.join(sorted(kind.value for kind in kinds))}",
        )


def _have_confirmed(site: Site, shown: HostKey, observer: ServerObserver) -> None:
    if not observer.confirm_host_key(shown):
        raise HostKeyUnknownError(
            message("Nobody has confirmed yet that {host} is the right server.", host=site.host),
            next_step=message(
                "Compare its fingerprint with the one your contact gives you: {fingerprint}",
                fingerprint=shown.fingerprint,
            ),
            detail=f"{site.host}:{site.port} {shown.key_type} {shown.fingerprint}",
        )
