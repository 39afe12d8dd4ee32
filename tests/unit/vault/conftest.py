from __future__ import annotations

import pytest

from dict_backend import DictBackend
from ferrygate.vault.vault import Binding


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
