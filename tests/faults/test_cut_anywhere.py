"""Wherever the connection is cut, a batch ends, and what it calls delivered is there and whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.api.connecting import connect
from ferrygate.common.paths import Home
from ferrygate.sites.site import SignInSettings, Site
from servers.rigs.rig import Rig
from support.cutting_proxy import CuttingProxy

FILES = 12
HANDSHAKE = 3_400  # bytes of answers until the sign-in is over, which begins SFTP as well


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / "plates"
    for number in range(FILES):
        path = source / f"row {number % 3}" / f"well {number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes([number]) * 1000 * number)
    return source


def site_of(openssh: Rig, port: int) -> Site:
    return Site(
        name="cut",
        host=openssh.host,
        port=port,
        username=openssh.username,
        host_key_fingerprints=openssh.host_key_fingerprints,
        sign_in=SignInSettings(steps=("publickey",), private_key=str(openssh.private_key)),
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# Every stage of a batch falls between these: channels, folders, OPEN, WRITE, CLOSE, STAT.
@pytest.mark.parametrize("after", range(HANDSHAKE, HANDSHAKE + 6_000, 400))
def test_a_batch_goes_on_wherever_the_answers_are_cut(
    openssh: Rig, source: Path, tmp_path: Path, after: int
) -> None:
    target = openssh.home / f"cut at {after}"
    with CuttingProxy(openssh.port, [after, after + 150], count_answers=True) as proxy:
        site = site_of(openssh, proxy.port)
        with connect(site, home=Home(tmp_path / "home")) as session:
            sent = session.put([source], str(target))
            fetched = session.get([f"{target}/plates"], tmp_path / "back")
    assert [view for view in (*sent.files, *fetched.files) if view.problem] == []
    assert len(sent.files) == FILES
    assert contents(target / "plates") == contents(source)
    assert contents(tmp_path / "back" / "plates") == contents(source)
