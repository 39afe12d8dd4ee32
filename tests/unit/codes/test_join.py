from __future__ import annotations

import pytest

from ferrygate.codes.join import check_template, join, needs_code
from ferrygate.common.errors import UsageError
from ferrygate.common.secret import Secret


@pytest.mark.parametrize(
    ("template", "sent"),
    [
        ("{password}{code}", "pw123456"),
        ("{code}{password}", "123456pw"),
        ("{password},{code}", "pw,123456"),
        ("{code};{password}", "123456;pw"),
        ("{password}", "pw"),
    ],
)
def test_a_template_is_filled_in(template: str, sent: str) -> None:
    assert join(template, Secret("pw"), "123456").reveal() == sent


@pytest.mark.parametrize("password", ["{code}", "{password}", "\\1{code}", "{", "%s"])
def test_a_password_is_not_expanded(password: str) -> None:
    assert join("{password}{code}", Secret(password), "123456").reveal() == password + "123456"


@pytest.mark.parametrize("code", ["", "12345", "123456789", "12345a", "١٢٣٤٥٦", "123456\n"])
def test_only_6_to_8_ascii_digits_are_a_code(code: str) -> None:
    with pytest.raises(UsageError, match="6 to 8 digits"):
        join("{password}{code}", Secret("pw"), code)


def test_without_a_place_for_it_the_code_does_not_matter() -> None:
    assert join("{password}", Secret("pw"), "").reveal() == "pw"


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{code}",
        "password",
        "{password}{code}{code}",
        "{password}{password}",
        "{password}{pin}",
        "{password}{",
        "{{password}}",
        "{password}\n{code}",
        "{password}\u202e{code}",
    ],
)
def test_a_template_that_cannot_be_filled_in_is_refused(template: str) -> None:
    with pytest.raises(UsageError):
        check_template(template)
    with pytest.raises(UsageError):
        join(template, Secret("pw"), "123456")


def test_whether_a_code_is_needed() -> None:
    assert needs_code("{password}{code}")
    assert not needs_code("{password}")
