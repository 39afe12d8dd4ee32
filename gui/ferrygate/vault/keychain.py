"""Secrets in the system keychain.

A keychain may wait for ever on a prompt that is not visible. Every call therefore has a daemon
thread of its own and a deadline; a hung one is left behind and neither blocks the next call nor
the end of the program.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import msgspec

from ferrygate.common.errors import KeychainError
from ferrygate.common.message import Message, message
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.vault.backend import Backend, has_entry, system_backend, translated, usable
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding, SavedSecret, Vault

DEADLINE_SECONDS = 20.0
"""Seconds: long enough to type the keychain's password into its prompt."""

MAX_CHARACTERS = 1280
"""The Windows credential store takes 2560 bytes of UTF-16 an entry; the same limit everywhere."""

T = TypeVar("T")


class KeychainVault:
    """Keeps secrets in the system keychain; safe for any thread.

    Args:
        find_backend: gives the keychain; runs on the call's own thread.
        deadline: longest wait for one call, seconds.
    """

    def __init__(
        self,
        find_backend: Callable[[], Backend] = system_backend,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self._find_backend = find_backend
        self._deadline = deadline
        self._lock = threading.Lock()
        self._known_note: Message | None = None
        self._was_tried = False

    @property
    def note(self) -> Message | None:
        """Say why nothing can be kept, if so; waits for the first answer up to the deadline."""
        with self._lock:
            if not self._was_tried:
                self._known_note, self._was_tried = self._try_out(), True
            return self._known_note

    def name(self) -> str:
        """Name the keychain for support, by the module of its back end; raises as :meth:`read`."""
        return self._call(lambda backend: type(backend).__module__)

    def has(self, kind: SecretKind, binding: Binding) -> bool | None:
        """Tell whether a secret is kept for the same host, port and user, without reading it.

        ``None`` where the back end cannot tell.

        Raises:
            KeychainError: as for :meth:`read`.
        """
        entry = _place(kind, binding)
        return self._call(lambda backend: has_entry(backend, *entry))

    def read(self, kind: SecretKind, binding: Binding) -> SavedSecret | None:
        """Return the secret kept for this binding, if the binding allows one.

        Raises:
            KeychainError: the keychain is locked, refused, or did not answer in time.
        """
        entry = _place(kind, binding)
        text = self._call(lambda backend: backend.get_password(*entry))
        kept = _Kept.parse(text)
        if kept is None or not binding.allows(kind, kept.binding):
            return None
        return SavedSecret(Secret(kept.secret), kept.binding.host_keys)

    def write(self, kind: SecretKind, binding: Binding, secret: Secret) -> None:
        """Keep a secret in place of the one kept for the same host, port and user.

        Raises:
            KeychainError: as for :meth:`read`, or the secret is too long for a keychain.
        """
        entry = _place(kind, binding)
        text = _Kept(secret.reveal(), binding).text()
        if len(text.encode("utf-16-le")) // 2 > MAX_CHARACTERS:
            raise KeychainError(message("This is too long to be kept in the keychain."))
        self._call(lambda backend: backend.set_password(*entry, text))

    def forget(self, kind: SecretKind, binding: Binding) -> None:
        """Remove the secret kept for the same host, port and user, if any.

        Raises:
            KeychainError: as for :meth:`read`.
        """
        entry = _place(kind, binding)

        def remove(backend: Backend) -> None:
            # Removing what is not there is the same error as a failed removal.
            if backend.get_password(*entry) is not None:
                backend.delete_password(*entry)

        self._call(remove)

    def _try_out(self) -> Message | None:
        try:
            self._call(lambda _backend: None)
        except KeychainError as error:
            return message(
                "{reason} Your password and your code set-up are kept until you sign out.",
                reason=error.problem.sentence,
            )
        return None

    def _call(self, action: Callable[[Backend], T]) -> T:
        outcome: Future[T] = Future()

        def run() -> None:
            try:
                outcome.set_result(action(usable(self._find_backend())))
            except Exception as error:  # noqa: BLE001  back ends raise what they like
                outcome.set_exception(translated(error))

        threading.Thread(target=run, name="keychain", daemon=True).start()
        try:
            return outcome.result(self._deadline)
        except TimeoutError:
            raise KeychainError(
                message("The keychain did not answer."),
                next_step=message("Look for a window that asks to unlock it, and try again."),
                detail=f"no answer in {self._deadline:g} s",
            ) from None


def open_vault(
    find_backend: Callable[[], Backend] = system_backend, deadline: float = DEADLINE_SECONDS
) -> Vault:
    """Open the system keychain if it can be used, else memory, with a note that says why.

    May take as long as the deadline, seconds.
    """
    keychain = KeychainVault(find_backend, deadline)
    return MemoryVault(keychain.note) if keychain.note else keychain


class _Kept(msgspec.Struct, frozen=True):
    """Holds an entry's text, as JSON."""

    secret: str
    binding: Binding

    @classmethod
    def parse(cls, text: str | None) -> _Kept | None:
        """Parse an entry; ``None`` if there is none, or if another program's has the same name."""
        try:
            return msgspec.json.decode(text, type=cls) if text is not None else None
        except msgspec.DecodeError:
            return None

    def text(self) -> str:
        return msgspec.json.encode(self, order="deterministic").decode()

    def __repr__(self) -> str:
        return "_Kept(...)"


def _place(kind: SecretKind, binding: Binding) -> tuple[str, str]:
    """Return the entry's service and user names."""
    return f"ferrygate {kind.value}", f"{binding.username}@{binding.host}:{binding.port}"
