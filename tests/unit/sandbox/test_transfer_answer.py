"""An identity function's answer is checked as AWS Transfer does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferrygate.sandbox.transfer_answer import AnswerError, read_answer

ROLE = "arn:aws:iam::111122223333:role/sftp"
GOOD: dict[str, Any] = {
    "Role": ROLE,
    "HomeDirectoryType": "LOGICAL",
    "HomeDirectoryDetails": json.dumps([{"Entry": "/", "Target": "/bucket/dade"}]),
}


def details(*pairs: tuple[str, str]) -> dict[str, str]:
    entries = [{"Entry": entry, "Target": target} for entry, target in pairs]
    return {"HomeDirectoryDetails": json.dumps(entries)}


def statement(**changed: object) -> dict[str, str]:
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [{**allow, **changed}]}
    return {"Policy": json.dumps(document)}


@pytest.mark.parametrize("answer", [{}, {"Role": ""}, {"Role": "  "}, {"Policy": "{}"}])
def test_an_answer_without_a_role_denies(answer: dict[str, Any]) -> None:
    assert read_answer(answer, "dade", by_password=True) is None


@pytest.mark.parametrize(
    ("changed", "mappings"),
    [
        ({}, {"/": "bucket/dade"}),
        (details(("/", "/bucket/${transfer:UserName}")), {"/": "bucket/dade"}),
        (
            details(("/in", "/bucket/in"), ("/inbox", "/other/x")),
            {"/in": "bucket/in", "/inbox": "other/x"},
        ),
        ({"HomeDirectory": "/", "Policy": ""}, {"/": "bucket/dade"}),
        ({**details(("/in", "/b/c")), "HomeDirectory": "/in"}, {"/in": "b/c"}),
    ],
)
def test_what_an_answer_grants(changed: dict[str, str], mappings: dict[str, str]) -> None:
    granted = read_answer(GOOD | changed, "dade", by_password=True)
    assert granted is not None
    assert granted.mappings == mappings
    assert granted.policy is None


def test_a_path_home() -> None:
    answer = {"Role": ROLE, "HomeDirectory": "/bucket/dade"}
    granted = read_answer(answer, "dade", by_password=True)
    assert granted is not None
    assert granted.mappings == {"/": "bucket/dade"}


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"Role": 7}, "Role is no text"),
        ({"Role": "sftp"}, "Role is no ARN"),
        ({"Home": "/"}, "Home is not known"),
        ({"HomeDirectoryType": "logical"}, "neither PATH nor LOGICAL"),
        ({"HomeDirectoryType": "PATH"}, "needs HomeDirectoryType LOGICAL"),
        ({"HomeDirectoryDetails": [{"Entry": "/", "Target": "/b/c"}]}, "no text with JSON"),
        ({"HomeDirectoryDetails": "["}, "is no JSON"),
        ({"HomeDirectoryDetails": "[]"}, "no list of mappings"),
        ({"HomeDirectoryDetails": "{}"}, "no list of mappings"),
        ({"HomeDirectoryDetails": '[{"Entry": "/"}]'}, "no Entry with a Target"),
        ({"HomeDirectoryDetails": '[{"Entry": "/", "Target": 7}]'}, "not begin with a slash"),
        (details(("/", "/bucket/dade/")), "Target ends in a slash"),
        (details(("/", "bucket/dade")), "Target does not begin with a slash"),
        (details(("/", "/bucket//dade")), "Target holds an empty part"),
        (details(("/", "/bucket/../dade")), "Target holds an empty part or dots"),
        (details(("/", "/" + "b" * 1024)), "Target has over 1,024 characters"),
        (details(("/in/", "/bucket/dade")), "Entry ends in a slash"),
        (details(("/", "/")), "Target ends in a slash"),
        (details(("/", "/b/c"), ("/in", "/b/d")), "mappings overlap"),
        (details(("/in", "/b/c"), ("/in/a", "/b/d")), "mappings overlap"),
        (details(("/in", "/b/c"), ("/in", "/b/d")), "two mappings have one Entry"),
        ({"HomeDirectory": "/other"}, "names no Entry"),
        ({"HomeDirectory": ["/"]}, "names no Entry"),
        ({"Policy": {}}, "Policy is no text"),
        ({"Policy": "{"}, "Policy is no JSON"),
        ({"Policy": "{}"}, "no statement"),
        (statement(Resource="x" * 2048), "over 2,048"),
        (statement(NotAction="s3:*"), "not known here"),
        (statement(Effect="Maybe"), "without an effect"),
        (statement(Action=[]), "without Action"),
        (statement(Resource="${aws:userid}"), "variable that is not known"),
        (statement(Condition={"IpAddress": {}}), "condition that is not known"),
        (statement(Condition={"StringLike": {"aws:x": "y"}}), "condition that is not known"),
        (statement(Condition={"StringLike": {"s3:delimiter": "/"}}), "condition that is not known"),
        ({"PublicKeys": ["ssh-ed25519 AAAA"]}, "in the answer to a password"),
        ({"PublicKeys": "ssh-ed25519 AAAA"}, "no list of texts"),
    ],
)
def test_an_answer_that_aws_cannot_use(changed: dict[str, Any], text: str) -> None:
    with pytest.raises(AnswerError, match=text):
        read_answer(GOOD | changed, "dade", by_password=True)


def test_an_answer_that_is_no_object() -> None:
    with pytest.raises(AnswerError, match="no object"):
        read_answer(None, "dade", by_password=True)


def test_keys_answer_an_event_without_a_password() -> None:
    granted = read_answer(GOOD | {"PublicKeys": ["ssh-ed25519 AAAA"]}, "dade", by_password=False)
    assert granted is not None
    assert granted.public_keys == ("ssh-ed25519 AAAA",)
