from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from keyring.backends import fail, null
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordDeleteError

from ferrygate.common.errors import KeychainError
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.vault.backend import Backend
from ferrygate.vault.keychain import KeychainVault, open_vault
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding, SavedSecret

PASSWORD = SecretKind.PASSWORD
HUNG = 0.05


class RaisingBackend:
    """A keychain that answers everything with the same error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def get_password(self, *_entry: str) -> str | None:
        raise self.error

    def set_password(self, *_entry: str) -> None:
        raise self.error

    def delete_password(self, *_entry: str) -> None:
        raise self.error


class HangingBackend:
    """A keychain that waits on a prompt nobody sees."""

    def __init__(self) -> None:
        self.prompt = threading.Event()
        self.threads: list[threading.Thread] = []

    def get_password(self, *_entry: str) -> str | None:
        self.threads.append(threading.current_thread())
        self.prompt.wait()
        return None

    def set_password(self, *_entry: str) -> None:
        self.get_password()

    def delete_password(self, *_entry: str) -> None:
        self.get_password()


def ignore(*_entry: str) -> None:
    """Stand for every method of a made-up back end."""


def from_module(module: str, base: type = object) -> Backend:
    names = ("get_password", "set_password", "delete_password")
    methods: dict[str, object] = dict.fromkeys(names, ignore)
    made: Backend = type("Keyring", (base,), {"__module__": module, **methods})()
    return made


def test_what_is_kept_and_where(binding: Binding) -> None:
    written: list[tuple[str, ...]] = []

    class Recorder(RaisingBackend):
        def set_password(self, *entry: str) -> None:
            written.append(entry)

    KeychainVault(lambda: Recorder(KeyError())).write(PASSWORD, binding, Secret("hunter2"))
    [(service, username, text)] = written
    assert (service, username) == ("ferrygate password", "vendor7@sftp.example.org:22")
    assert json.loads(text) == {
        "secret": "hunter2",
        "binding": {
            "host": "sftp.example.org",
            "port": 22,
            "username": "vendor7",
            "okta_address": "https://example.okta.com",
            "host_keys": ["SHA256:one", "SHA256:two"],
        },
    }


@pytest.mark.parametrize("text", ["", "hunter2", "{}", '{"secret": 1}'])
def test_an_entry_of_another_program_is_none_of_ours(
    backend: Backend, binding: Binding, text: str
) -> None:
    backend.set_password("ferrygate password", "vendor7@sftp.example.org:22", text)
    assert KeychainVault(lambda: backend).read(PASSWORD, binding) is None


def test_a_swapped_entry_is_not_used(backend: Backend, binding: Binding) -> None:
    vault = KeychainVault(lambda: backend)
    vault.write(PASSWORD, Binding(host="evil.example", port=22, username="x"), Secret("s"))
    text = backend.get_password("ferrygate password", "x@evil.example:22") or ""
    backend.set_password("ferrygate password", "vendor7@sftp.example.org:22", text)
    assert vault.read(PASSWORD, binding) is None


def test_a_keychain_that_works_needs_no_note(backend: Backend) -> None:
    vault = KeychainVault(lambda: backend)
    assert vault.note is None
    assert isinstance(open_vault(lambda: backend), KeychainVault)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NoKeyringError("hunter2"), "There is no keychain on this computer."),
        (KeyringLocked("hunter2"), "The keychain is locked."),
        (PasswordDeleteError("hunter2"), "The keychain did not remove the entry."),
        (InitError("hunter2"), "The keychain could not be used."),
        (OSError("hunter2"), "The keychain could not be used."),
        (TimeoutError("hunter2"), "The keychain could not be used."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_are_sentences_without_the_library_s_text(
    binding: Binding, error: Exception, sentence: str
) -> None:
    vault = KeychainVault(lambda: RaisingBackend(error))
    calls: list[Callable[[], object]] = [
        lambda: vault.read(PASSWORD, binding),
        lambda: vault.write(PASSWORD, binding, Secret("s")),
        lambda: vault.forget(PASSWORD, binding),
    ]
    for call in calls:
        with pytest.raises(KeychainError) as caught:
            call()
        assert str(caught.value) == sentence
        assert caught.value.problem.detail == type(error).__name__
        assert caught.value.__cause__ is None


def test_a_failed_removal_is_told(binding: Binding) -> None:
    class Stubborn(RaisingBackend):
        def get_password(self, *_entry: str) -> str | None:
            return "there"

    vault = KeychainVault(lambda: Stubborn(PasswordDeleteError()))
    with pytest.raises(KeychainError, match="did not remove"):
        vault.forget(PASSWORD, binding)


@pytest.mark.parametrize(
    "refused",
    [
        null.Keyring(),  # type: ignore[no-untyped-call]
        fail.Keyring(),  # type: ignore[no-untyped-call]
        from_module("keyrings.alt.file"),
        from_module("mine", type(from_module("keyrings.alt.Gnome"))),
    ],
    ids=["null", "fail", "plain text", "built on plain text"],
)
def test_what_is_no_keychain_is_refused_by_class(refused: Backend, binding: Binding) -> None:
    vault = KeychainVault(lambda: refused)
    assert str(vault.note).endswith("are kept until you sign out.")
    with pytest.raises(KeychainError):
        vault.write(PASSWORD, binding, Secret("s"))


def test_a_name_that_only_begins_alike_is_not_refused() -> None:
    assert KeychainVault(lambda: from_module("keyrings.alternative")).note is None


def test_the_first_good_one_of_a_chain_is_used(backend: Backend, binding: Binding) -> None:
    chain = from_module("keyring.backends.chainer")
    type(chain).backends = [from_module("keyrings.alt.file"), backend]  # type: ignore[attr-defined]
    KeychainVault(lambda: chain).write(PASSWORD, binding, Secret("s"))
    assert KeychainVault(lambda: backend).read(PASSWORD, binding) == SavedSecret(
        Secret("s"), binding.host_keys
    )
    type(chain).backends = [from_module("keyrings.alt.file")]  # type: ignore[attr-defined]
    assert "unprotected" in str(KeychainVault(lambda: chain).note)
    type(chain).backends = []  # type: ignore[attr-defined]
    assert "no keychain" in str(KeychainVault(lambda: chain).note)


def test_without_a_keychain_secrets_live_in_memory_and_it_says_why(binding: Binding) -> None:
    vault = open_vault(lambda: from_module("keyring.backends.fail"))
    assert isinstance(vault, MemoryVault)
    assert str(vault.note).startswith("There is no keychain on this computer.")
    vault.write(PASSWORD, binding, Secret("s"))
    assert vault.read(PASSWORD, binding) == SavedSecret(Secret("s"), binding.host_keys)
    assert "no keychain" in str(MemoryVault().note)


def test_what_windows_cannot_hold_is_refused(backend: Backend, binding: Binding) -> None:
    vault = KeychainVault(lambda: backend)
    with pytest.raises(KeychainError, match="too long"):
        vault.write(PASSWORD, binding, Secret("x" * 1280))
    with pytest.raises(KeychainError, match="too long"):
        vault.write(PASSWORD, binding, Secret("🔑" * 600))
    vault.write(PASSWORD, binding, Secret("x" * 1000))


def test_a_hung_call_ends_at_its_deadline_and_does_not_block_the_next(
    backend: Backend, binding: Binding
) -> None:
    hanging = HangingBackend()
    backends: list[Backend] = [hanging, backend, backend]
    vault = KeychainVault(lambda: backends.pop(0), deadline=HUNG)
    try:
        with pytest.raises(KeychainError, match="did not answer"):
            vault.read(PASSWORD, binding)
        assert [thread.daemon for thread in hanging.threads] == [True]
        vault.write(PASSWORD, binding, Secret("s"))
        assert vault.read(PASSWORD, binding) == SavedSecret(Secret("s"), binding.host_keys)
    finally:
        hanging.prompt.set()
        hanging.threads[0].join(10)


def test_a_keychain_that_cannot_even_be_found_in_time_is_asked_once() -> None:
    prompt = threading.Event()
    asked = []

    def find() -> Backend:
        asked.append(threading.current_thread())
        prompt.wait()
        return HangingBackend()

    vault = KeychainVault(find, deadline=HUNG)
    assert str(vault.note).startswith("The keychain did not answer.")
    assert len(asked) == 1
    prompt.set()
    asked[0].join(10)


HANG = """
import threading
from ferrygate.common.errors import KeychainError
from ferrygate.vault.keychain import KeychainVault
try:
    KeychainVault(lambda: threading.Event().wait(), deadline=0.05).note
finally:
    print("over")
"""


def test_a_hung_keychain_does_not_keep_the_program_alive() -> None:
    code = f"import sys; sys.path[:0] = {sys.path!r}\n{HANG}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True
    )
    assert done.stdout == "over\n"


def test_keyring_is_not_imported_before_it_is_needed() -> None:
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "import ferrygate.vault.keychain\n"
        "print('keyring' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True
    )
    assert done.stdout == "False\n"


class Collection:
    """Keeps items that are found by their attributes, and give no secret out."""

    def __init__(self, items: list[dict[str, str]]) -> None:
        self.connection = io.BytesIO()  # to be closed
        self._items = items

    def search_items(self, attributes: dict[str, str]) -> Iterator[object]:
        return (item for item in self._items if item == attributes)


def test_the_secret_service_is_asked_whether_it_keeps_a_secret_and_not_for_it(
    binding: Binding,
) -> None:
    entry = {"service": "ferrygate password", "username": "vendor7@sftp.example.org:22"}
    collection = Collection([entry])

    class Searchable(RaisingBackend):
        def get_preferred_collection(self) -> Collection:
            return collection

    Searchable.__module__ = "keyring.backends.SecretService"
    vault = KeychainVault(lambda: Searchable(AssertionError()))
    assert vault.has(PASSWORD, binding) is True
    assert vault.has(SecretKind.CODE_SECRET, binding) is False
    assert collection.connection.closed
    assert vault.name() == "keyring.backends.SecretService"


def test_another_keychain_cannot_tell_without_giving_a_secret_out(binding: Binding) -> None:
    assert KeychainVault(lambda: RaisingBackend(AssertionError())).has(PASSWORD, binding) is None


def test_memory_tells_what_it_keeps(binding: Binding) -> None:
    vault = MemoryVault()
    assert not vault.has(PASSWORD, binding)
    vault.write(PASSWORD, binding, Secret("s"))
    assert vault.has(PASSWORD, binding)
    assert vault.name() == "memory"
