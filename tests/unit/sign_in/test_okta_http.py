"""The HTTP client against sockets that answer, redirect, hang up, stay silent and speak TLS."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import CannotReachError, ConnectionLostError, UsageError
from ferrygate.sign_in.okta_http import HttpConnector, OktaAnswer
from support.fake_clock import ManualClock

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
SERVER_CLOCK = b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Rate-Limit-Reset: 784111800\r\n"


class Server:
    """Answers connections one after the other with given bytes, and keeps what it was asked."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._tls = tls
        self._threads: list[threading.Thread] = []
        self.asked: list[bytes] = []
        self.hung_up: OSError | None = None
        self.port = self._listener.getsockname()[1]

    def answer(self, *replies: bytes) -> None:
        """Answer one connection."""
        thread = threading.Thread(target=self._serve, args=(replies,))
        thread.start()
        self._threads.append(thread)

    def _serve(self, replies: tuple[bytes, ...]) -> None:
        connection, _ = self._listener.accept()
        try:
            for reply in replies:
                if reply == b"TLS" and self._tls:
                    connection = self._tls.wrap_socket(connection, server_side=True)
                    continue
                self.asked.append(_request(connection))
                connection.sendall(reply)
        except (ConnectionError, ssl.SSLError) as error:
            self.hung_up = error
        finally:
            connection.close()

    def stop(self) -> None:
        for thread in self._threads:
            thread.join()
        self._listener.close()


def _request(connection: socket.socket) -> bytes:
    """One whole request."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _blank, body = received.partition(b"\r\n\r\n")
    (length,) = re.findall(rb"Content-Length: (\d+)", head) or [b"0"]
    while len(body) < int(length):
        more = connection.recv(65536)
        received, body = received + more, body + more
    return received


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


Certificate = tuple[ssl.SSLContext, ssl.SSLContext]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Contexts of a server on the loopback, and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36500))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    folder: Path = tmp_path_factory.mktemp("tls")
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem)
    return serving, ssl.create_default_context(cafile=str(pem))


def post(port: int, connector: HttpConnector | None = None) -> OktaAnswer:
    with (connector or HttpConnector(SystemClock()))(f"http://127.0.0.1:{port}") as channel:
        return channel.post("/api/v1/authn", {"a": "ä"})


def test_a_document_goes_out_and_an_answer_comes_back(server: Server) -> None:
    server.answer(OK.replace(b"\r\n\r\n", b"\r\n" + SERVER_CLOCK + b"\r\n"))
    answer = post(server.port)
    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.date == 784111777.0
    assert answer.rate_limit_reset == 784111800.0
    head, _blank, body = server.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/v1/authn HTTP/1.1\r\n")
    assert b"Content-Type: application/json" in head
    assert json.loads(body) == {"a": "ä"}


def test_headers_alone(server: Server) -> None:
    server.answer(b"HTTP/1.1 405 No\r\nDate: then\r\nX-Rate-Limit-Reset: soon\r\n\r\n")
    with HttpConnector(SystemClock())(f"http://127.0.0.1:{server.port}") as channel:
        assert channel.head("/") == OktaAnswer(status=405)
    assert server.asked[0].startswith(b"HEAD / HTTP/1.1\r\n")


@pytest.mark.parametrize("status", [b"403 Forbidden", b"302 Found", b"500 Oops"])
def test_errors_and_redirects_are_answers(server: Server, status: bytes) -> None:
    server.answer(
        b"HTTP/1.1 " + status + b"\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert post(server.port).status == int(status[:3])


def test_a_channel_serves_several_questions(server: Server) -> None:
    server.answer(OK, OK)
    with HttpConnector(SystemClock())(f"http://127.0.0.1:{server.port}") as channel:
        assert channel.post("/1", {}).status == 200
        assert channel.post("/2", {}).status == 200


def test_nobody_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(CannotReachError, match=r"127\.0\.0\.1 cannot be reached") as caught:
        post(port)
    assert caught.value.problem.detail == "ConnectionRefusedError"


@pytest.mark.parametrize("reply", [b"", b"nonsense\r\n\r\n", OK[:-1]])
def test_no_whole_answer(server: Server, reply: bytes) -> None:
    server.answer(reply)
    with pytest.raises(ConnectionLostError, match="ended before it answered"):
        post(server.port)


def test_silence_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connector = HttpConnector(SystemClock(), timeout=0.05)
        with pytest.raises(ConnectionLostError) as caught:
            post(silent.getsockname()[1], connector)
    assert caught.value.problem.detail == "TimeoutError"


def test_an_answer_is_bounded(server: Server) -> None:
    server.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b" " * 300_000)
    with pytest.raises(ConnectionLostError) as caught:
        post(server.port)
    assert caught.value.problem.detail == "the answer is too long"


def test_an_answer_that_drips_is_not_waited_for(server: Server) -> None:
    class HastyClock(ManualClock):
        def monotonic(self) -> float:
            self.time += 11.0
            return self.time

    server.answer(OK)
    with pytest.raises(ConnectionLostError) as caught:
        post(server.port, HttpConnector(HastyClock()))
    assert caught.value.problem.detail == "the answer took too long"


@pytest.mark.parametrize(
    "address", ["http://example.org", "ftp://127.0.0.1", "https://example.org/path", "example.org"]
)
def test_only_tls_leaves_this_computer(address: str) -> None:
    with pytest.raises(UsageError, match="Okta address"), HttpConnector(SystemClock())(address):
        pytest.fail("connected")


@pytest.mark.parametrize("body", [b"", b"[]", b"[" * 5000, b'{"a": "b"}'])
def test_another_shape_reads_as_nothing(body: bytes) -> None:
    assert OktaAnswer(status=200, body=body).read(dict[str, int]) is None


def test_an_answer_does_not_show_its_body() -> None:
    assert repr(OktaAnswer(status=200, body=b"hunter2")) == "OktaAnswer(200)"


@pytest.fixture
def secure(certificate: Certificate) -> Iterator[Server]:
    server = Server(certificate[0])
    yield server
    server.stop()


def test_tls_with_a_trusted_certificate(secure: Server, certificate: Certificate) -> None:
    secure.answer(b"TLS", OK)
    address = f"https://127.0.0.1:{secure.port}"
    with HttpConnector(SystemClock(), certificate[1])(address) as channel:
        assert channel.post("/", {}).status == 200


def test_a_certificate_nobody_vouches_for(secure: Server) -> None:
    secure.answer(b"TLS")
    connector = HttpConnector(SystemClock())
    with (
        pytest.raises(CannotReachError) as caught,
        connector(f"https://127.0.0.1:{secure.port}"),
    ):
        pytest.fail("connected")
    assert caught.value.problem.detail == "SSLCertVerificationError"


def test_the_proxy_of_the_environment_sees_the_host_alone(
    secure: Server, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure.answer(b"HTTP/1.1 200 Go on\r\n\r\n", b"TLS", OK)
    monkeypatch.setenv("https_proxy", f"http://jo:p%40ss@127.0.0.1:{secure.port}")
    monkeypatch.setenv("no_proxy", "")
    with HttpConnector(SystemClock(), certificate[1])("https://localhost:1") as channel:
        assert channel.post("/", {"password": "hunter2"}).status == 200
    connect, request = secure.asked
    assert connect.startswith(b"CONNECT localhost:1 HTTP/1.")
    assert b"Proxy-Authorization: Basic am86cEBzcw==" in connect
    assert b"hunter2" not in connect
    assert request.startswith(b"POST / ")


def test_a_proxy_is_passed_by_where_the_environment_says(
    secure: Server, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure.answer(b"TLS", OK)
    monkeypatch.setenv("https_proxy", "127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "localhost")
    with HttpConnector(SystemClock(), certificate[1])(
        f"https://localhost:{secure.port}"
    ) as channel:
        assert channel.post("/", {}).status == 200


def test_a_broken_proxy_address_is_named_without_a_quote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://jo:hunter2@proxy:port")
    monkeypatch.setenv("no_proxy", "")
    with (
        pytest.raises(CannotReachError, match="no usable address") as caught,
        HttpConnector(SystemClock())("https://example.org"),
    ):
        pytest.fail("connected")
    assert "hunter2" not in repr(caught.value.problem)
