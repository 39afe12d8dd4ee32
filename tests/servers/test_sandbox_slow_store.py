"""A bucket that lets one channel wait holds up no other."""

from __future__ import annotations

import contextlib
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import paramiko
import pytest

from ferrygate.sandbox.bucket_options import BucketOptions
from support.sandbox_clients import CLOCK, OPTIONS, connect, sftp_channel
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_packets import INIT, framed
from support.sftp_bytes import NO_SUCH_FILE, string

pytestmark = pytest.mark.sandbox
BUCKET = "bucket"
LSTAT, STATUS = 7, 101
_WAIT_SECONDS = 10.0


class EmptyBucket(ThreadingHTTPServer):
    """An S3 with one empty bucket, which lets whoever asks for the key ``slow`` wait."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked = threading.Event()
        self.released = threading.Event()

    @property
    def options(self) -> BucketOptions:
        return BucketOptions(name=BUCKET, endpoint_url=f"http://127.0.0.1:{self.server_port}")


class _Handler(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        assert isinstance(self.server, EmptyBucket)
        if self.path.endswith("/slow"):
            self.server.asked.set()
            self.server.released.wait(_WAIT_SECONDS)
        self._answer(200 if self.path == f"/{BUCKET}" else 404)

    def do_GET(self) -> None:
        self._answer(200, b"<ListBucketResult/>")

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def bucket(loopback_guard: None) -> Iterator[EmptyBucket]:  # noqa: ARG001  while S3 is asked
    with EmptyBucket() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


def test_a_channel_that_waits_for_s3_holds_up_no_other(
    make_sandbox: MakeSandbox, bucket: EmptyBucket
) -> None:
    box = make_sandbox(clock=CLOCK, bucket=bucket.options, **OPTIONS)
    with connect(box) as transport, contextlib.closing(sftp_channel(transport)) as waiting:
        waiting.sendall(INIT + framed(bytes((LSTAT,)) + struct.pack(">I", 1) + string(b"/slow")))
        assert bucket.asked.wait(_WAIT_SECONDS)
        other = paramiko.SFTPClient.from_transport(transport)
        assert other is not None
        with other:
            assert other.listdir("/") == []
            with pytest.raises(FileNotFoundError):
                other.stat("/other")
        bucket.released.set()
        answers = waiting.makefile("rb").read(9 + 4 + 9)
    assert answers[9 + 4] == STATUS
    assert struct.unpack(">I", answers[-4:]) == (NO_SUCH_FILE,)


def test_a_stop_waits_for_a_call_that_runs(make_sandbox: MakeSandbox, bucket: EmptyBucket) -> None:
    box = make_sandbox(clock=CLOCK, bucket=bucket.options, **OPTIONS)
    with connect(box) as transport, contextlib.closing(sftp_channel(transport)) as waiting:
        waiting.sendall(INIT + framed(bytes((LSTAT,)) + struct.pack(">I", 1) + string(b"/slow")))
        assert bucket.asked.wait(_WAIT_SECONDS)
        stopping = threading.Thread(target=box.stop)
        stopping.start()
        transport.join(_WAIT_SECONDS)
        assert stopping.is_alive()
        bucket.released.set()
        stopping.join(_WAIT_SECONDS)
        assert not stopping.is_alive()
