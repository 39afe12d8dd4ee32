"""The evaluator of policies decides as AWS documents it; the template's policies as they should."""

from __future__ import annotations

import pytest

from aws.policies import Call, Decision, Policy, decide
from aws.policy_calls import CALLS, wrong_answers
from aws.template_model import load

ALLOWED, IMPLICIT, EXPLICIT = Decision.ALLOWED, Decision.IMPLICIT_DENY, Decision.EXPLICIT_DENY
ROLE = "arn:aws:iam::111122223333:role/r"


def allow(action: object, resource: object, **more: object) -> Policy:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def deny(action: object, resource: object, **more: object) -> Policy:
    statement = {"Effect": "Deny", "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def condition(operator: str, key: str, value: object) -> dict[str, object]:
    return {operator: {key: value}}


ALL = allow("s3:*", "*")
HOME = allow(
    "s3:ListBucket", "arn:aws:s3:::b", Condition=condition("StringLike", "s3:prefix", "home/dade/*")
)
AB = ["a", "b"]
NOT_IAM = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
OWN = "arn:aws:s3:::b/${aws:username}/*"


def get(key: str, **context: str) -> Call:
    return Call(
        action="s3:GetObject", resource=f"arn:aws:s3:::b/{key}", principal=ROLE,
        context={name.replace("_", ":"): value for name, value in context.items()},
    )  # fmt: skip


def list_(prefix: str | None) -> Call:
    context = {} if prefix is None else {"s3:prefix": prefix}
    return Call(action="s3:ListBucket", resource="arn:aws:s3:::b", principal=ROLE, context=context)


# IAM User Guide; the page is named before each group.
DOCUMENTED = {
    # Policy evaluation logic: "by default, all requests are implicitly denied"
    "nothing says anything": (get("x"), {}, IMPLICIT),
    "an allow overrides the implicit deny": (get("x"), {"identity": [ALL]}, ALLOWED),
    "an allow of another action": (
        get("x"), {"identity": [allow("s3:PutObject", "*")]}, IMPLICIT,
    ),
    # "An explicit deny in any policy overrides any allows"
    "an explicit deny beside an allow": (
        get("x"), {"identity": [ALL, deny("s3:Get*", "*")]}, EXPLICIT,
    ),
    "an explicit deny of the resource": (
        get("x"), {"identity": [ALL], "resource": deny("s3:*", "*", Principal="*")}, EXPLICIT,
    ),
    "an explicit deny of the session": (
        get("x"), {"identity": [ALL], "session": deny("s3:*", "*")}, EXPLICIT,
    ),
    # Session policies: "the intersection of the identity-based policies and the session policies"
    "role and session allow": (
        get("a/x"), {"identity": [ALL], "session": allow("s3:GetObject", "arn:aws:s3:::b/a/*")},
        ALLOWED,
    ),
    "the session allows less": (
        get("c/x"), {"identity": [ALL], "session": allow("s3:GetObject", "arn:aws:s3:::b/a/*")},
        IMPLICIT,
    ),
    "the session grants nothing": (get("x"), {"session": ALL}, IMPLICIT),
    # "permissions from ... a resource-based policy that specifies the role" are limited as well
    "a resource's policy that names the role": (
        get("x"), {"resource": allow("s3:*", "*", Principal={"AWS": ROLE})}, ALLOWED,
    ),
    "a resource's policy that names another role": (
        get("x"), {"resource": allow("s3:*", "*", Principal={"AWS": f"{ROLE}2"})}, IMPLICIT,
    ),
    "a session limits what a resource's policy grants its role": (
        get("x"),
        {"resource": allow("s3:*", "*", Principal={"AWS": ROLE}), "session": HOME},
        IMPLICIT,
    ),
    # Condition operators: StringLike, "case-sensitive matching" with * and ?
    "a prefix below the slash": (list_("home/dade/in"), {"identity": [HOME]}, ALLOWED),
    "a prefix without the slash": (list_("home/dadex"), {"identity": [HOME]}, IMPLICIT),
    "another case of a prefix": (list_("home/Dade/"), {"identity": [HOME]}, IMPLICIT),
    # "If the key that you specify in a policy condition is not present ... the values do not match"
    "a key that is not there": (list_(None), {"identity": [HOME]}, IMPLICIT),
    # "... negated matching ... if the key is not present ... the condition is true"
    "a negated operator without its key": (
        get("x"),
        {"identity": [ALL, deny("s3:*", "*", Condition=condition("StringNotEquals", "k", "v"))]},
        EXPLICIT,
    ),
    "IfExists without its key": (
        get("x"),
        {"identity": [allow("s3:*", "*", Condition=condition("BoolIfExists", "k", "true"))]},
        ALLOWED,
    ),
    # "multiple values ... evaluated using a logical OR"; "multiple keys ... a logical AND"
    "one of several values": (
        list_("b"),
        {"identity": [allow("*", "*", Condition=condition("StringEquals", "s3:prefix", AB))]},
        ALLOWED,
    ),
    # Variables, such as that of the name
    "a variable": (get("dade/x", aws_username="dade"), {"identity": [allow("*", OWN)]}, ALLOWED),
    "a variable of somebody else": (
        get("kate/x", aws_username="dade"), {"identity": [allow("*", OWN)]}, IMPLICIT,
    ),
    "a variable without a value": (get("dade/x"), {"identity": [allow("*", OWN)]}, IMPLICIT),
    "a wildcard in a variable's value": (
        get("kate/x", aws_username="*"), {"identity": [allow("*", OWN)]}, IMPLICIT,
    ),
    "a wildcard written as a variable": (
        get("a/x"), {"identity": [allow("*", "arn:aws:s3:::b/${*}/x")]}, IMPLICIT,
    ),
    # Version: in those before 2012 "variables are treated as literal strings"
    "a variable in an old version": (
        get("dade/x", aws_username="dade"),
        {"identity": [{**allow("*", OWN), "Version": "2008-10-17"}]},
        IMPLICIT,
    ),
    # NotAction, NotResource
    "what NotAction leaves out": (
        get("x"), {"identity": [{"Statement": NOT_IAM}]},
        ALLOWED,
    ),
    "an action in another case": (get("x"), {"identity": [allow("S3:getobject", "*")]}, ALLOWED),
    "a resource in another case": (
        get("x"), {"identity": [allow("*", "arn:aws:s3:::B/x")]}, IMPLICIT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DOCUMENTED)
def test_the_evaluator_decides_as_documented(case: str) -> None:
    call, policies, expected = DOCUMENTED[case]
    assert decide(call, **policies) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "policy",
    [
        allow("s3:*", "*", NotPrincipal="*"),
        allow("s3:*", "*", Condition=condition("NumericLessThan", "s3:max-keys", "10")),
    ],
)
def test_what_the_evaluator_does_not_know_is_never_passed_over(policy: Policy) -> None:
    call = Call(action="s3:GetObject", resource="x", context={"s3:max-keys": "1"})
    with pytest.raises(ValueError, match="not known here"):
        decide(call, identity=[policy])


def test_each_call_of_somebody_who_signed_in_is_answered_as_it_should_be() -> None:
    assert len(CALLS) >= 30
    assert list(wrong_answers(load())) == []
