"""Checks an identity function's answer as AWS Transfer does, and says what is wrong with it.

Sources: AWS Transfer Family user guide, "Using AWS Lambda to integrate your identity provider" and
"Using logical directories"; API reference, HomeDirectoryMapEntry. AWS shows a mistake in the answer
as a failed sign-in, without a word.
"""

from __future__ import annotations

import json
import re
from itertools import permutations

import msgspec

from ferrygate.sandbox.session_policy import PolicyError, SessionPolicy

MAX_PATH_CHARACTERS = 1024  # characters of HomeDirectory, Entry and Target
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/\S{1,512}", re.ASCII)
_KEYS = {
    "Role", "Policy", "PublicKeys", "HomeDirectory", "HomeDirectoryType", "HomeDirectoryDetails",
}  # fmt: skip
_USER_NAME = "${transfer:UserName}"


class AnswerError(Exception):
    """AWS Transfer refuses an answer; the text says why."""


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what AWS Transfer takes from an answer.

    Attributes:
        mappings: ``bucket/key-prefix`` by the path that shows each.
        policy: the session policy; without one the role may do all.
        public_keys: for a sign-in by key, in the form of OpenSSH.
    """

    mappings: dict[str, str]
    policy: SessionPolicy | None
    public_keys: tuple[str, ...] = ()


def read_answer(answer: object, username: str, *, by_password: bool) -> Granted | None:
    """Return what an answer grants, or None if it denies.

    Args:
        answer: what the function returned, out of JSON.
        username: as typed.
        by_password: the client sent a password, be it an empty one.

    Raises:
        AnswerError: AWS Transfer cannot use the answer.
    """
    if not isinstance(answer, dict):
        raise AnswerError("the answer is no object")
    role = answer.get("Role", "")
    if not isinstance(role, str):
        raise AnswerError("Role is no text")
    if not role.strip():
        return None
    if not _ROLE.fullmatch(role):
        raise AnswerError("Role is no ARN of a role")
    unknown = sorted(answer.keys() - _KEYS)
    if unknown:
        raise AnswerError(f"{unknown[0]} is not known")
    mappings = _mappings(answer, username)
    return Granted(
        mappings=mappings,
        policy=_policy(answer, username, mappings),
        public_keys=_public_keys(answer, by_password=by_password),
    )


def _mappings(answer: dict[str, object], username: str) -> dict[str, str]:
    kind = answer.get("HomeDirectoryType", "PATH")
    if kind == "PATH":
        if "HomeDirectoryDetails" in answer:
            raise AnswerError("HomeDirectoryDetails needs HomeDirectoryType LOGICAL")
        return {"/": _target("HomeDirectory", answer.get("HomeDirectory"), username)}
    if kind != "LOGICAL":
        raise AnswerError("HomeDirectoryType is neither PATH nor LOGICAL")
    mappings = _read_details(answer.get("HomeDirectoryDetails"), username)
    _check_home(answer.get("HomeDirectory", "/"), mappings)
    return mappings


def _read_details(details: object, username: str) -> dict[str, str]:
    if not isinstance(details, str):
        raise AnswerError("HomeDirectoryDetails is no text with JSON")
    try:
        entries = json.loads(details)
    except (ValueError, RecursionError):
        raise AnswerError("HomeDirectoryDetails is no JSON") from None
    if not isinstance(entries, list) or not entries:
        raise AnswerError("HomeDirectoryDetails is no list of mappings")
    mappings: dict[str, str] = {}
    for each in entries:
        if not isinstance(each, dict) or not {"Entry", "Target"} <= each.keys():
            raise AnswerError("HomeDirectoryDetails holds what is no Entry with a Target")
        entry = each["Entry"]
        _check_path("Entry", entry)
        if entry in mappings:
            raise AnswerError("two mappings have one Entry")
        mappings[entry] = _target("Target", each["Target"], username)
    for above, below in permutations(mappings, 2):
        if below.startswith(above.rstrip("/") + "/"):
            raise AnswerError("mappings overlap")
    return mappings


def _check_home(home: object, mappings: dict[str, str]) -> None:
    if not isinstance(home, str) or home not in {"/", *mappings}:
        raise AnswerError("HomeDirectory names no Entry")


def _target(name: str, path: object, username: str) -> str:
    expanded = path.replace(_USER_NAME, username) if isinstance(path, str) else path
    _check_path(name, expanded)
    target = str(expanded)[1:]
    if not target:
        raise AnswerError(f"{name} names no bucket")
    return target


def _check_path(name: str, path: object) -> None:
    if not isinstance(path, str) or not path.startswith("/"):
        raise AnswerError(f"{name} does not begin with a slash")
    if path.endswith("/") and (name != "Entry" or path != "/"):
        raise AnswerError(f"{name} ends in a slash")
    if len(path) > MAX_PATH_CHARACTERS:
        raise AnswerError(f"{name} has over 1,024 characters")
    if path != "/" and any(part in {"", ".", ".."} for part in path[1:].split("/")):
        raise AnswerError(f"{name} holds an empty part or dots")


def _policy(
    answer: dict[str, object], username: str, mappings: dict[str, str]
) -> SessionPolicy | None:
    text = answer.get("Policy", "")
    if not isinstance(text, str):
        raise AnswerError("Policy is no text with JSON")
    if not text:
        return None
    target = next(iter(mappings.values()))
    bucket, _, folder = target.partition("/")
    variables = {
        "transfer:HomeBucket": bucket,
        "transfer:HomeDirectory": target,
        "transfer:HomeFolder": folder,
        "transfer:UserName": username,
    }
    try:
        return SessionPolicy(text, variables)
    except PolicyError as error:
        raise AnswerError(str(error)) from None


def _public_keys(answer: dict[str, object], *, by_password: bool) -> tuple[str, ...]:
    keys = answer.get("PublicKeys", [])
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise AnswerError("PublicKeys is no list of texts")
    if keys and by_password:
        raise AnswerError("PublicKeys in the answer to a password")
    return tuple(keys)
