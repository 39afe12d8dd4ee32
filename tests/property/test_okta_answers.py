"""Whatever Okta, or somebody in its place, answers: a verdict or an error of our own."""

from __future__ import annotations

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from ferrygate.sign_in.okta_http import OktaAnswer
from ferrygate.sign_in.okta_verdict import PasswordVerdict, explain, judge, word_of

WORDS = ("MFA_ENROLL", "MFA_REQUIRED", "SUCCESS", "E0000004", "E0000047", "LOCKED_OUT")

leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.sampled_from(WORDS))
values = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner))
)
documents = st.fixed_dictionaries(
    {},
    optional={"status": leaves, "errorCode": leaves, "stateToken": leaves, "_embedded": values},
)
bodies = st.one_of(st.binary(), values.map(msgspec.json.encode), documents.map(msgspec.json.encode))
times = st.one_of(st.none(), st.floats(0, 2**40))
answers = st.builds(
    OktaAnswer,
    status=st.one_of(st.sampled_from([200, 401, 403, 429, 500]), st.integers(100, 599)),
    body=bodies,
    date=times,
    rate_limit_reset=times,
)


@given(answers)
def test_every_answer_has_a_verdict_and_a_sentence(answer: OktaAnswer) -> None:
    judged = judge(answer)
    problem = explain(judged)
    assert str(problem.sentence)
    assert problem.next_step
    assert problem.detail == f"HTTP {answer.status} {word_of(answer)}".rstrip()


@given(answers)
@example(
    OktaAnswer(status=401, body=b'{"errorCode": "MFA_REQUIRED"}', date=None, rate_limit_reset=None)
)
def test_success_is_never_read_from_an_error(answer: OktaAnswer) -> None:
    praised = {PasswordVerdict.CORRECT, PasswordVerdict.NO_MFA_DEMANDED}
    if answer.status != 200:
        assert judge(answer).verdict not in praised
