"""The fields and the foot of the sign-in card, without the card."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from ferrygate.app.presenters.sign_in_view import ButtonView, CodeWays, SignInView, Stage
from ferrygate.app.presenters.typed_code_presenter import TypedCodeView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.sign_in_fields import SignInFields
from ferrygate.app.widgets.sign_in_foot import SignInFoot
from ferrygate.common.secret import Secret

pytestmark = pytest.mark.gui

VIEW = SignInView(name="Acme", button=ButtonView(words="Sign in"))
TYPES_CODE = msgspec.structs.replace(VIEW, ways=CodeWays(asks_typed_code=True))
NO_CODE = TypedCodeView()


@pytest.fixture
def page() -> Iterator[QWidget]:
    page = QWidget()
    QVBoxLayout(page)
    yield page
    page.deleteLater()


@pytest.fixture
def fields(qapp: QApplication, page: QWidget) -> SignInFields:
    fields = SignInFields(Theme(qapp, Qt.ColorScheme.Light))
    column = page.layout()
    assert column is not None
    for field in (*fields.lines, fields.code):
        column.addWidget(field)
    return fields


@pytest.fixture
def foot(qapp: QApplication, page: QWidget) -> SignInFoot:
    foot = SignInFoot(Theme(qapp, Qt.ColorScheme.Light), 16)
    column = page.layout()
    assert isinstance(column, QVBoxLayout)
    column.addLayout(foot)
    return foot


def shown(*widgets: QWidget) -> list[bool]:
    return [not widget.isHidden() for widget in widgets]


@pytest.mark.parametrize(
    ("view", "are_shown"),
    [
        (VIEW, [True, True, False, False]),
        (TYPES_CODE, [True, True, False, True]),
        (msgspec.structs.replace(VIEW, asks_passphrase=True), [True, True, True, False]),
        (msgspec.structs.replace(VIEW, asks_password=False), [True, False, False, False]),
        (msgspec.structs.replace(TYPES_CODE, stage=Stage.OKTA_SETUP), [True, True, False, False]),
        (msgspec.structs.replace(TYPES_CODE, stage=Stage.HOST_KEY), [False] * 4),
    ],
)
def test_the_fields_that_a_sign_in_needs_are_shown(
    fields: SignInFields, view: SignInView, are_shown: list[bool]
) -> None:
    fields.render_view(view, NO_CODE)
    assert shown(fields.user, fields.password, fields.passphrase, fields.code) == are_shown


def test_a_sign_in_under_way_takes_nothing_but_a_code_that_it_waits_for(
    fields: SignInFields,
) -> None:
    busy = msgspec.structs.replace(TYPES_CODE, busy=True)
    fields.render_view(busy, NO_CODE)
    assert not any(field.edit.isEnabled() for field in fields.lines)
    assert not fields.code.isEnabled()
    waits = CodeWays(asks_typed_code=True, waits_for_code=True)
    fields.render_view(msgspec.structs.replace(busy, ways=waits), NO_CODE)
    assert fields.code.isEnabled()


def test_the_fields_are_filled_in_from_the_top(fields: SignInFields) -> None:
    fields.render_view(TYPES_CODE, NO_CODE)
    assert fields.missing(TYPES_CODE) is fields.user.edit
    fields.user.edit.setText("vendor7 ")
    assert fields.missing(TYPES_CODE) is fields.password.edit
    fields.password.edit.setText("hunter2")
    assert fields.missing(TYPES_CODE) is fields.code.edit
    form = fields.form(remember=True)
    assert (form.username, form.password, form.remember) == ("vendor7", Secret("hunter2"), True)


def test_a_password_at_hand_is_missing_only_after_refusals(fields: SignInFields) -> None:
    fields.user.edit.setText("vendor7")
    at_hand = msgspec.structs.replace(VIEW, password_hint="Already at hand")
    assert fields.missing(at_hand) is None
    refused = msgspec.structs.replace(at_hand, button=ButtonView(needs_word=True))
    assert fields.missing(refused) is fields.password.edit


def test_secrets_are_forgotten_and_the_name_stays(fields: SignInFields) -> None:
    for edit in (fields.user.edit, fields.password.edit, fields.passphrase.edit, fields.code.edit):
        edit.setText("1")
    fields.forget_secrets()
    form = fields.form(remember=False)
    assert (form.username, form.password, form.passphrase, form.code) == ("1", *[Secret("")] * 3)


def test_typing_is_a_touch_and_a_name_that_was_filled_in_is_none(fields: SignInFields) -> None:
    fields.user.edit.setText("vendor7")
    assert fields.is_untouched
    fields.password.edit.setModified(True)
    assert not fields.is_untouched


def test_the_foot_offers_what_fits_the_stage(foot: SignInFoot) -> None:
    ways = CodeWays(other_way="Type a code instead")
    view = msgspec.structs.replace(VIEW, can_remember=True, can_keep_code=True, ways=ways)
    links = (foot.button, foot.other_way, foot.by_hand, foot.remember, foot.keep)
    foot.render_view(view)
    assert shown(*links) == [True, True, False, True, False]
    foot.render_view(msgspec.structs.replace(view, stage=Stage.OKTA_SETUP))
    assert shown(*links) == [True, False, True, False, True]
    foot.render_view(msgspec.structs.replace(view, stage=Stage.CODE_SETUP))
    assert shown(*links) == [False, False, False, False, True]


def test_a_sign_in_under_way_can_be_cancelled_and_not_left(foot: SignInFoot) -> None:
    foot.render_view(VIEW)
    assert shown(foot.cancel, foot.others) == [False, True]
    foot.render_view(msgspec.structs.replace(VIEW, busy=True))
    assert shown(foot.cancel, foot.others) == [True, False]


def test_a_password_is_kept_only_where_that_was_offered(foot: SignInFoot) -> None:
    foot.remember.setChecked(True)
    foot.render_view(msgspec.structs.replace(VIEW, can_remember=True))
    assert foot.remembers
    foot.render_view(VIEW)
    assert not foot.remembers


def test_the_button_that_is_a_persons_word_is_known_as_it_was_rendered(foot: SignInFoot) -> None:
    foot.render_view(msgspec.structs.replace(VIEW, button=ButtonView(needs_word=True)))
    assert foot.needs_word
    foot.render_view(VIEW)
    assert not foot.needs_word
