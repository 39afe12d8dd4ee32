"""The connection is cut again and again, and the upload is delivered all the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ferrygate.api.connecting import connect
from ferrygate.common.paths import Home
from support.cutting_proxy import CuttingProxy
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_site import site_of

MIB = 1 << 20


@pytest.mark.slow
@pytest.mark.timeout(180)  # eleven sign-ins, each with a code of its own
def test_an_upload_that_is_cut_ten_times_ends_delivered(
    make_sandbox: MakeSandbox, tmp_path: Path
) -> None:
    sandbox = make_sandbox(period=2)
    ready = sandbox.ready
    source = tmp_path / "plate scans.bin"
    block = hashlib.sha512(b"seed").digest() * 16_384
    with source.open("wb") as sink:
        for _ in range(200):
            sink.write(block)
    with CuttingProxy(ready.port, [n * 15 * MIB for n in range(1, 11)]) as proxy:
        with connect(
            site_of(ready, port=proxy.port, late_part_seconds=5),  # the server hears of each cut
            password=ready.password.reveal(),
            totp_secret=ready.otpauth_uri.reveal(),
            home=Home(tmp_path / "home"),
        ) as session:
            result = session.put([source], "/inbox")

        assert result.complete, result.files
        assert proxy.cuts_left == 0
    assert (ready.root / "inbox" / source.name).read_bytes() == source.read_bytes()
    assert result.files[0].sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    outcomes = [record.outcome for record in sandbox.log]
    assert len(outcomes) == 11
    assert len({record.step for record in sandbox.log}) == 11
    assert set(outcomes) == {outcomes[-1]}
