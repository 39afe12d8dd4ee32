"""Runs rows of the identity function's contract against a module: the package, or the built file.

A row is a JSON file: the settings that differ from ``BASE`` (null takes one away), an event of AWS
Transfer, Okta's answers in order, and what has to come of it: the requests that Okta gets, the
answer that AWS gets, and fields of the log line. The standard library is all that is used here, so
that ``python -I contract_runner.py index.py FOLDER`` needs nothing of Ferrygate.
"""

from __future__ import annotations

import http.client
import importlib.util
import json
import socket
import ssl
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Self

Row = Mapping[str, Any]

CONTRACT = Path(__file__).with_name("contract")
BASE = {
    "OKTA_ADDRESS": "https://example.okta.com",
    "ROLE_ARN": "arn:aws:iam::123456789012:role/sftp-user",
    "BUCKET": "exports",
    "SIGN_ON_DOMAIN": "example.com",
}
NOW = 1_796_040_000.0  # seconds since the epoch at the beginning of each row
REQUEST_ID = "8f5a1c0e-6f1b-4e0c-9d55-0c6f1d2b7a10"
_END_SECONDS = 5.0  # a request's thread ends at once, once nobody waits for it
_FAILURES: dict[str, tuple[type[Exception], tuple[object, ...]]] = {
    "name": (socket.gaierror, (-2, "Name or service not known")),
    "refused": (ConnectionRefusedError, (111, "Connection refused")),
    "tls": (ssl.SSLCertVerificationError, ("certificate verify failed",)),
    "hang-up": (http.client.RemoteDisconnected, ("closed without response",)),
    "surprise": (RuntimeError, ("correct horse",)),
}


def rows() -> dict[str, Row]:
    """Read all rows, by the names of their files."""
    files = sorted(CONTRACT.glob("*.json"))
    return {file.stem: json.loads(file.read_text("utf-8")) for file in files}


def failed(name: str) -> Exception:
    """Make the exception of a failure that a row names."""
    kind, arguments = _FAILURES[name]
    return kind(*arguments)


class Clock:
    """Holds a time that passes only while Okta answers."""

    def __init__(self) -> None:
        self.passed = 0.0

    def monotonic(self) -> float:
        """Return seconds since the row began."""
        return self.passed

    def now(self) -> float:
        """Return seconds since the epoch."""
        return NOW + self.passed


class Connection:
    """Plays one connection to Okta: takes one request, gives the scripted answer or failure."""

    def __init__(self, answer: Mapping[str, Any], clock: Clock, sent: list[Any]) -> None:
        self.sock: Connection | None = None
        self.released = threading.Event()
        self.closed = threading.Event()
        self._answer = answer
        self._clock = clock
        self._sent = sent

    def connect(self) -> None:
        """Connect, or fail as the row says."""
        failure = self._answer.get("failure")
        if failure == "late-name":
            self.released.wait()
            return
        if failure in ("name", "refused", "tls"):
            raise failed(failure)
        self.sock = self

    def shutdown(self, _how: int) -> None:
        """Wake who waits for an answer; a socket's method."""
        self.released.set()

    def request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Take the request."""
        version = headers["User-Agent"].partition("/")[0]
        self._sent.append([f"{method} {path}", json.loads(body), version])

    def getresponse(self) -> Response:
        """Give the answer."""
        self._clock.passed += self._answer.get("seconds", 0.1)
        failure = self._answer.get("failure")
        if failure == "silence":
            self.released.wait()
            raise ConnectionAbortedError
        if failure is not None:
            raise failed(failure)
        return Response(self._answer)

    def close(self) -> None:
        """End the connection."""
        self.closed.set()


class Response:
    """Holds one answer of Okta's, as the HTTP client reads it."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.status = answer["status"]
        self._answer = answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def getheaders(self) -> list[tuple[str, str]]:
        """Return the headers."""
        return list(self._answer.get("headers", {}).items())

    def read(self, _limit: int) -> bytes:
        """Return the body: JSON, but for rows that hold a text."""
        if "text" in self._answer:
            return str(self._answer["text"]).encode()
        return json.dumps(self._answer["body"]).encode()


def run(module: Any, row: Row) -> dict[str, Any]:
    """Put a row's event to the function, and return what came of it.

    Args:
        module: has ``respond`` and ``HttpClient``.
        row: the row.

    Returns:
        ``sent``, ``answer``, ``log``, and, if the function raised, ``raised``.
    """
    clock = Clock()
    sent: list[Any] = []
    lines: list[str] = []
    connections: list[Connection] = []
    script: Iterator[Mapping[str, Any]] = iter(row["okta"])

    def open_connection(_parts: object, _seconds: float) -> Connection:
        connections.append(Connection(next(script), clock, sent))
        return connections[-1]

    settings = {**BASE, **row["environment"]}
    result: dict[str, Any] = {}
    try:
        result["answer"] = module.respond(
            row["event"],
            {name: value for name, value in settings.items() if value is not None},
            REQUEST_ID,
            post=module.HttpClient(open_connection),
            write=lines.append,
            monotonic=clock.monotonic,
            now=clock.now,
        )
    except Exception as error:  # noqa: BLE001  the function must never raise, so this is a result
        result["raised"] = type(error).__name__
    for connection in connections:
        if connection.sock is None:
            connection.released.set()
        if not connection.closed.wait(_END_SECONDS):
            result["raised"] = "a request goes on"
            connection.released.set()
    result["sent"] = sent
    result["log"] = [json.loads(line) for line in lines]
    return result


def differences(row: Row, result: Mapping[str, Any]) -> list[str]:
    """Say where a result is not what the row promises."""
    found = [f"raised {result['raised']}"] if "raised" in result else []
    agents = {agent for _, _, agent in result["sent"]} - {"ferrygate-identity"}
    sent = [[path, body] for path, body, _ in result["sent"]]
    if sent != row["sent"] or agents:
        found.append(f"sent {sent}")
    if result.get("answer") != row["answer"]:
        found.append(f"answered {result.get('answer')}")
    if row["log"] is None:
        return [*found, "logged something"] if result["log"] else found
    if len(result["log"]) != 1:
        return [*found, f"logged {len(result['log'])} lines"]
    if result["log"][0] != {"reason": row["reason"], "aws_request_id": REQUEST_ID, **row["log"]}:
        found.append(f"logged {result['log'][0]}")
    return found


def load(path: Path) -> ModuleType:
    """Import one file as a module of its own."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def load_builder() -> ModuleType:
    """Import ``make lambda``'s program, with the modules that lie beside it."""
    folder = CONTRACT.parents[2] / "packaging" / "aws"
    load(folder / "compact_function.py")
    load(folder / "compact_template.py")
    return load(folder / "build_lambda.py")


def main() -> None:
    """Run all rows against the file that the command line names, and print the differences."""
    module = load(Path(sys.argv[1]))
    found = {name: differences(row, run(module, row)) for name, row in rows().items()}
    print(json.dumps({name: texts for name, texts in found.items() if texts}))  # noqa: T201
    print(json.dumps(module.handler({}, None)))  # noqa: T201  after the handler's own line
    sys.exit(any(found.values()))


if __name__ == "__main__":
    main()
