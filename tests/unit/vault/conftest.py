from __future__ import annotations

import pytest

from ferrygate.vault.vault import Binding
from support.dict_backend import DictBackend


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
