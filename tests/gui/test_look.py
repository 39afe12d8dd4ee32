from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ferrygate import app
from ferrygate.app.theme import Theme, stylesheet
from ferrygate.app.tokens import DARK, LIGHT, Tokens, contrast
from ferrygate.common.resources import resource_path

ICONS = sorted(resource_path("icons").glob("*.svg"))
SOURCES = sorted(Path(app.__file__).parent.rglob("*.py"))
GROUNDS = ("window", "side", "surface", "selection", "hover")
WORDS = ("text", "dim", "accent", "ok", "amber", "red")
ENOUGH = 4.5


def icon_id(path: Path) -> str:
    return path.stem


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_all_words_can_be_read_on_the_grounds_they_stand_on(tokens: Tokens) -> None:
    pale = {
        (word, ground): round(contrast(getattr(tokens, word), getattr(tokens, ground)), 2)
        for word, ground in product(WORDS, GROUNDS)
        if contrast(getattr(tokens, word), getattr(tokens, ground)) < ENOUGH
    }
    assert pale == {}
    assert contrast(tokens.on_accent, tokens.accent) >= ENOUGH


@pytest.mark.parametrize("path", ICONS, ids=icon_id)
def test_icons_are_one_family(path: Path) -> None:
    source = path.read_text("utf-8")
    assert 'viewBox="0 0 20 20"' in source
    assert 'stroke-width="1.6"' in source
    assert 'stroke="currentColor"' in source
    assert not re.search(r"#[0-9a-fA-F]{3,6}\b", source)


def test_every_icon_is_used_somewhere() -> None:
    code = "\n".join(path.read_text("utf-8") for path in SOURCES)
    assert [path.stem for path in ICONS if f'"{path.stem}"' not in code] == []


@pytest.mark.gui
@pytest.mark.parametrize("path", ICONS, ids=icon_id)
def test_icons_take_the_colour_of_the_scheme(path: Path, qapp: QApplication) -> None:
    theme = Theme(qapp, Qt.ColorScheme.Dark)
    image = theme.pixmap(path.stem, "accent").toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x, y in product(range(image.width()), range(image.height()))
        if image.pixelColor(x, y).alpha() == 255
    }
    assert DARK.accent in colours
    assert len(colours) < 20


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_the_stylesheet_leaves_no_token_open(tokens: Tokens) -> None:
    assert "$" not in stylesheet(tokens)
    assert tokens.accent in stylesheet(tokens)


@pytest.mark.gui
def test_the_scheme_of_the_system_is_followed_until_one_is_chosen(qapp: QApplication) -> None:
    theme = Theme(qapp)
    theme.choose(Qt.ColorScheme.Dark)
    assert theme.tokens == DARK
    theme.choose(Qt.ColorScheme.Light)
    assert theme.tokens == LIGHT
