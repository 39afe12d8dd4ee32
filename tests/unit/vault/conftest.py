from __future__ import annotations

import pytest

from ferrygate.vault.vault import Binding


class DictBackend:
    """A keychain in a dictionary."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


@pytest.fixture
def backend() -> DictBackend:
    return DictBackend()


@pytest.fixture
def binding() -> Binding:
    return Binding(
        host="sftp.example.org",
        port=22,
        username="vendor7",
        okta_address="https://example.okta.com",
        host_keys=frozenset({"SHA256:one", "SHA256:two"}),
    )
