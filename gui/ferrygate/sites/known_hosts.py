"""Keeps confirmed host keys, in OpenSSH's ``known_hosts`` format (sshd(8))."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ferrygate.common.atomic_files import locked, write_whole
from ferrygate.common.local_disk import damaged, own_file
from ferrygate.sites.known_hosts_line import host_name, is_readable, is_whole, key_blob, matches

_MARK = "@"
REVOKED = "@revoked"
"""Begins the line of a key that a server must not show any more."""

_AUTHORITY = "@cert-authority"
_MARKED_FIELDS = 4  # marker, hosts, type and key; a comment may follow


class HostKey(msgspec.Struct, frozen=True):
    """Holds a server's public key.

    Attributes:
        key_type: SSH name of the key's type, such as ``ssh-ed25519``.
        blob: the key in SSH's wire format (RFC 4253 §6.6).
    """

    key_type: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """Return the key's hash as OpenSSH writes it: ``SHA256:`` and unpadded base64."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest())
        return f"SHA256:{digest.decode('ascii').rstrip('=')}"


class KnownHosts:
    """Reads and changes one ``known_hosts`` file, safe under several processes.

    Only plain names are written and looked up, but for keys that are ``@revoked``, which a person
    or an administrator puts there. Every other line (comments, hashed names, keys of authorities)
    means nothing here and stays as it is. A damaged line is an error where it may speak of the
    server in question: what it said, such as that a key is revoked, would be passed over.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def keys_for(self, host: str, port: int) -> tuple[HostKey, ...]:
        """Return the recorded keys of a server, in the order of the file.

        Raises:
            SettingsError: the file is there and cannot be read, or what it says of this server is
                damaged: as good as no key on record, and a stranger's would be taken for new.
        """
        name = host_name(host, port)
        keys = []
        for number, line in enumerate(self._lines(), start=1):
            entry = _Entry.parse(line)
            if entry is not None and name in entry.hosts:
                keys.append(entry.key)
            elif entry is None and name in _plain_names(line):
                raise damaged(self._path, f"line {number}: no key can be read there")
        return tuple(keys)

    def revoked_keys(self, host: str, port: int) -> tuple[bytes, ...]:
        """Return the revoked keys, in SSH's wire format; a server that shows one is refused.

        Raises:
            SettingsError: the file is there and cannot be read, or holds a damaged line that may
                have revoked a key of this server.
        """
        names = (host_name(host, port), host.lower())
        revoked = []
        for number, line in enumerate(self._lines(), start=1):
            if not line.lstrip().startswith(_MARK):
                continue
            marked = _Marked.parse(line)
            if marked is not None and not any(matches(marked.hosts, name) for name in names):
                continue
            if marked is None or marked.blob is None:
                raise damaged(self._path, f"line {number}: it may have revoked a key")
            if marked.marker == REVOKED:
                revoked.append(marked.blob)
        return tuple(revoked)

    def add(self, host: str, port: int, key: HostKey) -> None:
        """Put a key on record beside those there are.

        Raises:
            SettingsError: the file cannot be read or written.
        """
        with locked(self._path):
            if key not in self.keys_for(host, port):
                self._write([*self._lines(), _line(host, port, key)])

    def replace(self, host: str, port: int, keys: Iterable[HostKey]) -> None:
        """Put these keys on record in place of all there are for the server.

        Raises:
            SettingsError: the file cannot be read or written.
        """
        name = host_name(host, port)
        with locked(self._path):
            others = [other for line in self._lines() for other in _without(line, name)]
            self._write([*others, *(_line(host, port, key) for key in keys)])

    def forget(self, host: str, port: int) -> None:
        """Take all keys of a server off the record.

        Raises:
            SettingsError: the file cannot be read or written.
        """
        self.replace(host, port, ())

    def _lines(self) -> list[str]:
        with own_file(self._path):
            try:
                # A comment may have bytes that are not UTF-8, which are written back.
                text = self._path.read_bytes().decode("utf-8", "surrogateescape")
            except FileNotFoundError:
                return []
        return text.removesuffix("\n").split("\n") if text else []

    def _write(self, lines: list[str]) -> None:
        text = "".join(f"{line}\n" for line in lines)
        write_whole(self._path, text.encode("utf-8", "surrogateescape"))


class _Entry(msgspec.Struct, frozen=True):
    """Holds a line with plain names and a key; ``rest`` is all that follows the names."""

    hosts: tuple[str, ...]
    key: HostKey
    rest: str

    @classmethod
    def parse(cls, line: str) -> _Entry | None:
        """Parse a line to an entry; ``None`` for any other line."""
        hosts, key_type, key, *_comment = [*line.split(), "", "", ""]
        if not key or hosts.startswith(("#", "@", "|")):
            return None
        blob = key_blob(key)
        if blob is None:
            return None
        rest = line.strip().removeprefix(hosts).lstrip()
        return cls(tuple(hosts.lower().split(",")), HostKey(key_type, blob), rest)


class _Marked(msgspec.Struct, frozen=True):
    """Holds a line that begins with a marker; no ``blob`` if no key of its type can be read."""

    marker: str
    hosts: str
    blob: bytes | None

    @classmethod
    def parse(cls, line: str) -> _Marked | None:
        """Split a line to its parts; ``None`` if its servers cannot be read."""
        fields = line.split()
        if len(fields) < _MARKED_FIELDS:
            return None
        marker, hosts, key_type, key = fields[:_MARKED_FIELDS]
        if marker not in {REVOKED, _AUTHORITY} or not is_readable(hosts):
            return None
        blob = key_blob(key)
        return cls(marker, hosts, blob if is_whole(blob or b"", key_type) else None)


def _plain_names(line: str) -> list[str]:
    """Return the names that a line begins with; comments, markers and hashes give none."""
    return line.lower().split(maxsplit=1)[0].split(",") if line.strip() else []


def _without(line: str, name: str) -> list[str]:
    """Remove one name from a line; give no line if no name is left, or no key can be read."""
    entry = _Entry.parse(line)
    if name not in _plain_names(line):
        return [line]
    if entry is None:
        return []
    others = ",".join(host for host in entry.hosts if host != name)
    return [f"{others} {entry.rest}"] if others else []


def _line(host: str, port: int, key: HostKey) -> str:
    blob = base64.b64encode(key.blob).decode("ascii")
    return f"{host_name(host, port)} {key.key_type} {blob}"
