"""Light and dark: palette, stylesheet and tinted icons from the tokens."""

from __future__ import annotations

from string import Template

import msgspec
from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from ferrygate.app import tokens as t
from ferrygate.app.scale import px
from ferrygate.common.resources import resource_path

_SCALE = 3


class Theme(QObject):
    """The scheme in use; follows the system unless one was chosen.

    Signals:
        changed: colours changed, tinted things are drawn anew.
    """

    changed = Signal()

    def __init__(
        self,
        application: QApplication,
        scheme: Qt.ColorScheme | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.application = application
        self._chosen = scheme
        self._pixmaps: dict[tuple[str, str, int], QPixmap] = {}
        self._sources: dict[str, str] = {}
        self.tokens = t.LIGHT
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)
        self._take()

    def choose(self, scheme: Qt.ColorScheme) -> None:
        """Use a scheme whatever the system says."""
        self._chosen = scheme
        self._change()

    def colour(self, tint: str) -> QColor:
        """Return the colour of a tint, by its name."""
        return QColor(getattr(self.tokens, tint))

    def icon(self, name: str, tint: str = "text", gap: int = 0) -> QIcon:
        """Make an icon in the colour of a tint, faint when its control is disabled.

        ``gap`` is room at its right, since styles put an icon close to its words.
        """
        icon = QIcon(_with_gap(self.pixmap(name, tint), gap))
        icon.addPixmap(_with_gap(self.pixmap(name, "faint"), gap), QIcon.Mode.Disabled)
        return icon

    def pixmap(self, name: str, tint: str = "text", size: int = t.ICON) -> QPixmap:
        """Draw a picture of an icon in the colour of a tint, sharp up to 300 %."""
        colour: str = getattr(self.tokens, tint)
        key = (name, colour, size)
        if key not in self._pixmaps:
            self._pixmaps[key] = self._draw(name, colour, size)
        return self._pixmaps[key]

    def _draw(self, name: str, colour: str, size: int) -> QPixmap:
        if name not in self._sources:
            self._sources[name] = resource_path(f"icons/{name}.svg").read_text("utf-8")
        source = self._sources[name].replace("currentColor", colour)
        pixmap = QPixmap(QSize(size, size) * _SCALE)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(pixmap.rect()))
        painter.end()
        pixmap.setDevicePixelRatio(_SCALE)
        return pixmap

    @Slot(Qt.ColorScheme)
    def _follow(self, _scheme: Qt.ColorScheme) -> None:
        if self._chosen is None:
            self._change()

    def apply(self) -> None:
        """Have the application look like this, once its window is put together.

        With a stylesheet before, Qt would style every widget anew at each step of putting the
        window together, which takes 80 ms.
        """
        self.application.setStyleSheet(stylesheet(self.tokens))

    def _change(self) -> None:
        self._take()
        self.apply()
        self.changed.emit()

    def _take(self) -> None:
        scheme = self._chosen or QGuiApplication.styleHints().colorScheme()
        self.tokens = t.DARK if scheme is Qt.ColorScheme.Dark else t.LIGHT
        self.application.setPalette(_palette(self.tokens))


def _with_gap(pixmap: QPixmap, gap: int) -> QPixmap:
    wide = QPixmap(pixmap.width() + gap * _SCALE, pixmap.height())
    wide.setDevicePixelRatio(_SCALE)
    wide.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wide)
    painter.drawPixmap(0, 0, pixmap)
    painter.end()
    return wide


def stylesheet(tokens: t.Tokens) -> str:
    """Make the stylesheet with the tokens of one scheme."""
    source = resource_path("styles/ferrygate.qss").read_text("utf-8")
    hover = QColor(tokens.accent).lighter(112).name()
    sizes = {
        name: px(size)
        for name, size in (
            ("CAPTION", t.CAPTION),
            ("TEXT", t.TEXT),
            ("BIG", t.BIG),
            ("HEADING", t.HEADING),
            ("TITLE", t.TITLE),
            ("CODE", t.CODE),
        )
    }
    return Template(source).substitute(msgspec.structs.asdict(tokens), accent_hover=hover, **sizes)


def _palette(tokens: t.Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, colour in (
        (role.Window, tokens.window),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.side),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.dim),
        (role.Button, tokens.surface),
        (role.ButtonText, tokens.text),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.on_accent),
        (role.Accent, tokens.accent),
        (role.Link, tokens.accent),
        (role.ToolTipBase, tokens.surface),
        (role.ToolTipText, tokens.text),
        (role.Light, tokens.surface),
        (role.Mid, tokens.line),
        (role.Dark, tokens.faint),
        (role.Shadow, tokens.line),
    ):
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.faint))
    return palette
