"""The file of a private key: read without waiting, told apart from other files, put into form.

Loads no SSH library. Files are compared by how they begin: OpenSSH's ``PROTOCOL.key``, PEM
(RFC 7468), SSH.com's form (RFC 4716), PuTTY's (appendix C of its manual), DER (X.690).
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path, PurePath

from ferrygate.common.errors import LocalFileError, PrivateKeyError, Problem
from ferrygate.common.local_disk import not_there, read_small_file
from ferrygate.common.message import Message, message

_MAX_BYTES = 65_536  # no private key is longer
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The drive of a Windows share or pipe; not that of a disk in its long spelling (\\?\C:).
_SHARE = re.compile(r"\\\\(?![?.]\\[A-Za-z]:$)")

# A block as people paste it: dashes that a word processor made one, and any blanks around.
_BLOCK = re.compile(
    r"BEGIN (?P<kind>(?:[A-Z0-9]+ )*PRIVATE KEY)[-\u2010-\u2015]+(?P<body>.*?)"
    r"[-\u2010-\u2015]+\s*END (?P=kind)",
    re.DOTALL,
)
_HEADER = re.compile(r"[A-Za-z-]+: ")  # RFC 1421 §4.6: the cipher of an older PEM
_LINE = 64  # characters of base64 in a line of PEM, RFC 7468 §2

_PUBLIC = re.compile(
    rb"\s*(?:ssh-|ecdsa-|sk-)[\w@.-]+ AAAA|.{0,8}BEGIN (?:SSH2 |RSA )?PUBLIC KEY", re.DOTALL
)
_CERTIFICATE = re.compile(
    rb"\s*[\w@.-]+-cert-v01@openssh\.com AAAA|.{0,8}BEGIN (?:TRUSTED )?CERTIFICATE", re.DOTALL
)
_PUTTY = re.compile(rb"\s*PuTTY-User-Key-File-")
_SSH_COM = re.compile(rb".{0,8}BEGIN SSH2 ENCRYPTED PRIVATE KEY", re.DOTALL)
# A SEQUENCE whose first member is the INTEGER 3: a PFX (RFC 7292 §4); 0 or 1: a private key.
_PKCS_12 = re.compile(rb"\x30(?:[\x00-\x7f\x80]|\x81.|\x82..|\x83...)\x02\x01\x03\x30", re.DOTALL)
_DER = re.compile(rb"\x30(?:[\x00-\x7f]|\x81.|\x82..)\x02\x01[\x00\x01]", re.DOTALL)


def read_key_file(path: Path) -> bytes:
    """Read a private key's file, in the form in which the libraries take it.

    Args:
        path: the file; ``~`` is the person's home.

    Raises:
        PrivateKeyError: the file cannot be read, is on a share, or is something else than a key.
    """
    if path.drive:
        check_place(path, Path.home())
    name = path.name
    data = _decoded(_content(path))
    if not data.strip():
        raise PrivateKeyError(
            message("The private key “{name}” is an empty file.", name=name), next_step=_other()
        )
    block = _BLOCK.search(data.decode("utf-8", "replace"))
    if block:
        return _in_form(block["kind"], block["body"])
    _reject_other_forms(data, name)
    return data


def _content(path: Path) -> bytes:
    try:
        where = path.expanduser()
    except RuntimeError as error:  # "~name" of a person whom this computer does not know
        raise _unreadable(not_there(path).problem) from error
    try:
        return read_small_file(where, _MAX_BYTES)
    except LocalFileError as error:
        raise _unreadable(error.problem) from error


def _unreadable(problem: Problem) -> PrivateKeyError:
    return PrivateKeyError(
        problem.sentence,
        next_step=message("Check which file the site names as its private key."),
        detail=problem.detail,
    )


def check_place(path: PurePath, home: PurePath) -> None:
    """Reject a key on a network share: to ask for the file would send the person's Windows log-in.

    A connection file is mail from a stranger, and names the key's path.

    Raises:
        PrivateKeyError: the path is that of a share or a pipe, and not the share of the home.
    """
    if _SHARE.match(path.drive) and path.drive.lower() != home.drive.lower():
        raise PrivateKeyError(
            message("The private key “{name}” is not on this computer.", name=path.name),
            next_step=message("Copy it into a folder of your own, and name it there."),
        )


def _decoded(data: bytes) -> bytes:
    """Turn UTF-16, which Windows' editors write, into UTF-8; without a byte order mark."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").encode()
    if len(data) > 1 and not any(data[1::2]):
        return data.decode("utf-16-le", "replace").encode()
    return data.removeprefix(codecs.BOM_UTF8)


def _in_form(kind: str, body: str) -> bytes:
    """Write a block as RFC 7468 wants it, whatever blanks were put in or lost on its way."""
    lines = [line.strip() for line in body.replace("\\n", "\n").splitlines()]
    headers = [line for line in lines if _HEADER.match(line)]
    base64 = "".join("".join(line.split()) for line in lines if line not in headers)
    wrapped = [base64[at : at + _LINE] for at in range(0, len(base64), _LINE)]
    head = [*headers, ""] if headers else []
    begin, end = f"-----BEGIN {kind}-----", f"-----END {kind}-----"
    return "\n".join([begin, *head, *wrapped, end, ""]).encode()


def _reject_other_forms(data: bytes, name: str) -> None:
    """Say what a file is that holds no private key in a form of OpenSSH or OpenSSL."""
    for pattern, sentence, next_step in _other_forms():
        if pattern.match(data):
            raise PrivateKeyError(sentence.filled(name=name), next_step=next_step.filled(name=name))


def _other_forms() -> tuple[tuple[re.Pattern[bytes], Message, Message], ...]:
    convert = message(
        "Load it in PuTTYgen, choose Conversions > Export OpenSSH key, and name that file."
    )
    return (
        (_PUTTY, message("“{name}” is a private key in PuTTY's form."), convert),
        (
            _SSH_COM,
            message("“{name}” is a private key in SSH.com's form."),
            message(
                "Load it in PuTTYgen by Conversions > Import key, then choose Export OpenSSH key."
            ),
        ),
        (
            _CERTIFICATE,
            message("“{name}” is a certificate, not a private key."),
            message("Name the private key that belongs to it."),
        ),
        (
            _PUBLIC,
            message("“{name}” is the public half of a key."),
            message("Name the private half: its name is often the same without “.pub”."),
        ),
        (
            _PKCS_12,
            message("“{name}” is a PKCS #12 file, which cannot be used for signing in here."),
            _other(),
        ),
        (
            _DER,
            message("“{name}” is a private key in a binary form that cannot be read here."),
            message("Convert it with: openssl pkey -inform DER -in {name} -out key.pem"),
        ),
    )


def _other() -> Message:
    return message("Ask your contact for a private key in OpenSSH's form.")
