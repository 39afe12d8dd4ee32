"""Three clients that were not written for the sandbox: asyncssh, paramiko and OpenSSH."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import pytest

from ferrygate.sandbox.sandbox import Sandbox
from support.openssh_sftp import openssh_sftp
from support.sandbox_clients import CLOCK, OPTIONS, sftp, typed
from support.sandbox_fixtures import MakeSandbox

pytestmark = pytest.mark.sandbox


@pytest.fixture
def box(make_sandbox: MakeSandbox) -> Sandbox:
    return make_sandbox(clock=CLOCK, **OPTIONS)


@contextlib.asynccontextmanager
async def asyncssh_client(sandbox: Sandbox) -> AsyncIterator[asyncssh.SFTPClient]:
    options = asyncssh.SSHClientConnectionOptions(
        username=sandbox.ready.username,
        password=typed(),
        known_hosts=None,
        client_keys=None,
        agent_path=None,
        config=None,
    )
    ready = sandbox.ready
    async with (
        asyncssh.connect(ready.host, ready.port, options=options) as connection,
        connection.start_sftp_client() as client,
    ):
        yield client


class TestAsyncssh:
    def test_there_and_back(self, box: Sandbox, tmp_path: Path) -> None:
        content = bytes(range(256)) * 9000

        async def exchange() -> None:
            async with asyncssh_client(box) as client:
                assert client.version == 3
                assert not client.supports_remote_copy
                async with client.open("/inbox/a.bin", "wb") as file:
                    await file.write(content)
                await client.get("/inbox/a.bin", tmp_path / "back")
                await client.rename("/inbox/a.bin", "/inbox/b.bin")
                assert await client.listdir("/inbox") == ["b.bin"]

        asyncio.run(exchange())
        assert (tmp_path / "back").read_bytes() == content

    def test_refusals(self, box: Sandbox) -> None:
        async def exchange() -> None:
            async with asyncssh_client(box) as client:
                with pytest.raises(asyncssh.SFTPOpUnsupported, match="Cannot open file in mode"):
                    await client.open("/README.txt", "r+")
                with pytest.raises(asyncssh.SFTPOpUnsupported, match="Cannot open file in mode"):
                    await client.open("/README.txt", "a")
                with pytest.raises(asyncssh.SFTPOpUnsupported, match="SETSTAT unsupported"):
                    await client.chmod("/README.txt", 0o600)
                with pytest.raises(asyncssh.SFTPOpUnsupported, match="Cannot rename a directory"):
                    await client.rename("/inbox", "/outbox")
                with pytest.raises(asyncssh.SFTPFailure):
                    await client.rmdir("/exports")
                with pytest.raises(asyncssh.SFTPOpUnsupported):
                    await client.symlink("/README.txt", "/link")
                with pytest.raises(asyncssh.SFTPOpUnsupported):
                    await client.statvfs("/")
                with pytest.raises(asyncssh.SFTPNoSuchFile):
                    await client.stat("/missing")

        asyncio.run(exchange())


class TestParamiko:
    def test_there_and_back(self, box: Sandbox, tmp_path: Path) -> None:
        content = bytes(range(256)) * 9000
        (tmp_path / "a.bin").write_bytes(content)
        with sftp(box) as client:
            assert client.put(str(tmp_path / "a.bin"), "/inbox/a.bin").st_size == len(content)
            client.get("/inbox/a.bin", str(tmp_path / "back"))
            client.mkdir("/inbox/d")
            client.rename("/inbox/a.bin", "/inbox/d/a.bin")
            client.remove("/inbox/d/a.bin")
            client.rmdir("/inbox/d")
            assert client.listdir("/inbox") == []
        assert (tmp_path / "back").read_bytes() == content
        assert box.counters.out_of_order_writes == 0

    def test_refusals(self, box: Sandbox) -> None:
        with sftp(box) as client:
            for mode in ("r+", "a", "w+"):
                with pytest.raises(OSError, match="Cannot open file in mode"):
                    client.open("/README.txt", mode)
            with pytest.raises(OSError, match="unsupported"):
                client.posix_rename("/README.txt", "/b")
            with client.open("/inbox/a", "w") as upload:
                upload.seek(10)
                with pytest.raises(OSError, match="random access writes"):
                    upload.write(b"x")
        assert box.counters.out_of_order_writes == 1

    def test_a_long_listing(self, box: Sandbox) -> None:
        for number in range(1234):
            (box.ready.root / "inbox" / f"f{number}").touch()
        with sftp(box) as client:
            assert len(client.listdir("/inbox")) == 1234


class TestOpenSsh:
    def test_there_and_back(self, box: Sandbox, tmp_path: Path) -> None:
        content = bytes(range(256)) * 40_000
        (tmp_path / "a.bin").write_bytes(content)
        printed = openssh_sftp(
            box,
            tmp_path,
            f"put {tmp_path}/a.bin /inbox/a.bin",
            f"get /inbox/a.bin {tmp_path}/back",
            "ls -l /",
            "mkdir /inbox/d",
            "rename /inbox/a.bin /inbox/d/b.bin",
            "ls /inbox/d",
        )
        assert (tmp_path / "back").read_bytes() == content
        lines = [line.split() for line in printed.splitlines()]
        assert ["drwxr--r--", "1", "-", "-", "0", "Jan", "1", "1970", "inbox"] in lines
        assert "/inbox/d/b.bin" in printed
        assert box.counters.out_of_order_writes == 0

    def test_refusals(self, box: Sandbox, tmp_path: Path) -> None:
        printed = openssh_sftp(
            box,
            tmp_path,
            "chmod 600 /README.txt",
            "rename /inbox /outbox",
            "rmdir /exports",
            "df",
            "ln -s /README.txt /link",
        )
        for line in (
            'remote setstat "/README.txt": Operation unsupported',
            'remote rename "/inbox" to "/outbox": Operation unsupported',
            'remote rmdir "/exports": Failure',
            "Server does not support statvfs@openssh.com extension",
            'remote symlink file "/README.txt" to "/link": Operation unsupported',
        ):
            assert line in printed.splitlines()
