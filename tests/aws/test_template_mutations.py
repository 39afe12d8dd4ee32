"""Each change that makes the template worse is seen, and not by its values alone."""

from __future__ import annotations

import pytest

from aws.policy_calls import wrong_answers
from aws.template_mapping import broken_mapping
from aws.template_model import TEMPLATE, load
from aws.template_mutations import MUTATIONS, mutated
from aws.template_rules import broken_rules
from aws.template_settings import wrong_settings


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_worse_template_is_seen_twice(name: str) -> None:
    template = load(mutated(TEMPLATE.read_text("utf-8"), name))
    assert wrong_settings(template) != []
    others = [
        *broken_rules(template),
        *wrong_answers(template),
        *broken_mapping(template),
    ]
    assert others != []
