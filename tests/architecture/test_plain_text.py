"""No text of a server, a file or a stranger is read as markup by the window."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "gui" / "ferrygate" / "app"

# Names that no module of the window may use: they read a text as HTML, always or wherever it looks
# like some, or show such a text.
_RICH = {
    "QErrorMessage",
    "QInputDialog",
    "QMessageBox",
    "QProgressDialog",
    "QSplashScreen",
    "QStaticText",
    "QSystemTrayIcon",
    "QTextBrowser",
    "QTextDocument",
    "QTextEdit",
    "QToolTip",
    "QWhatsThis",
    "StatusTipRole",
    "WhatsThisRole",
    "setHtml",
    "setMarkdown",
    "setStatusTip",
    "setTextFormat",
    "setWhatsThis",
}
# Where these stand alone, their text would be read as markup, or its "&" as a shortcut.
_WRAPPED = {
    "QAction": ("widgets/key_table.py",),
    "QGroupBox": (),
    "QLabel": ("plain_text.py",),
    "QPushButton": ("widgets/themed_button.py", "automation/window_driver.py"),  # there to find one
    "QRadioButton": (),
    "QToolButton": (),
    "setTextFormat": ("plain_text.py",),
}
_MAKERS = {
    "addAction": "plain_words",
    "addMenu": "plain_words",
    "addSection": "plain_words",
    "addTab": "plain_words",
    "setToolTip": "plain_tip",
    "setWindowTitle": "plain_title",
}


def faults(source: str, name: str = "x.py") -> Iterator[str]:
    """Find the places where a module hands Qt a text that was not made plain."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=called), args=[text, *_]) if called in _MAKERS:
                if not _is_plain(text, _MAKERS[called]):
                    yield f"{name}:{node.lineno} {called}"
            case ast.If() if "ToolTipRole" in ast.dump(node.test):
                if not all(_answers_plainly(statement) for statement in node.body):
                    yield f"{name}:{node.lineno} ToolTipRole"
            case ast.alias(name=word) | ast.Attribute(attr=word) | ast.Name(id=word):
                allowed = _WRAPPED.get(word, () if word in _RICH else (name,))
                if name not in allowed:
                    yield f"{name}:{getattr(node, 'lineno', 0)} {word}"
            case _:
                pass


def _is_plain(text: ast.expr, maker: str) -> bool:
    """Tell whether an argument is our own sentence, or went through the one function for it."""
    own = ("_", maker) if maker == "plain_words" else (maker,)
    return isinstance(text, ast.Call) and isinstance(text.func, ast.Name) and text.func.id in own


def _answers_plainly(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(value=value) | ast.Return(value=value):
            return value is not None and _is_plain(value, "plain_tip")
        case _:
            return False


def test_every_text_of_the_window_is_made_plain() -> None:
    found = [
        fault
        for path in sorted(APP.rglob("*.py"))
        for fault in faults(path.read_text(encoding="utf-8"), path.relative_to(APP).as_posix())
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "w.setToolTip(name)",
        "w.setToolTip(_('x').format(name=name))",
        "w.setWhatsThis(name)",
        "w.setStatusTip(plain_tip(name))",
        "w.setWindowTitle(site.name)",
        "menu.addAction(place.label, go)",
        "tabs.addTab(name)",
        "from PySide6.QtWidgets import QLabel",
        "from PySide6.QtWidgets import QMessageBox",
        "QtWidgets.QToolTip.showText(place, name)",
        "tray = QSystemTrayIcon()",
        "label.setTextFormat(Qt.TextFormat.RichText)",
        "if role == Qt.ItemDataRole.ToolTipRole:\n    value = row.name",
        "if role == Qt.ItemDataRole.ToolTipRole:\n    return row.name",
        "if role == 3:\n    pass\nelif role in {Qt.ItemDataRole.ToolTipRole}:\n    value = name",
    ],
)
def test_a_text_that_is_not_made_plain_is_found(source: str) -> None:
    assert list(faults(source))


@pytest.mark.parametrize(
    "source",
    [
        "w.setToolTip(plain_tip(name))",
        "menu.addAction(_('Open'), go)",
        "menu.addAction(plain_words(name), go)",
        "if role == Qt.ItemDataRole.ToolTipRole:\n    value = plain_tip(row.name)",
    ],
)
def test_a_text_that_is_made_plain_is_let_pass(source: str) -> None:
    assert list(faults(source)) == []
