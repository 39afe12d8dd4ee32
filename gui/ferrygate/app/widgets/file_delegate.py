"""Paints rows of files: icon, name, quiet columns, one hairline; no boxes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ferrygate.app import tokens as t
from ferrygate.app.scale import px
from ferrygate.app.theme import Theme
from ferrygate.common.i18n import _

_Index = QModelIndex | QPersistentModelIndex
_PAD = 12  # pixels, as the ones below
_EDGE = 20
_GAP = 10
_FAINT = 0.6  # opacity of the line between rows


class FileDelegate(QStyledItemDelegate):
    """Draws from the tokens; ``icon_of`` names the icon of a row's first column."""

    def __init__(
        self,
        theme: Theme,
        icon_of: Callable[[_Index], str],
        target_of: Callable[[], int] = lambda: -1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_of = icon_of
        self._target_of = target_of

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        targeted = self._target_of() == index.row()
        if selected or targeted:
            painter.fillRect(rect, self._theme.colour("selection"))
        hairline = self._theme.colour("line")
        hairline.setAlphaF(_FAINT)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, hairline)  # a line is slow
        if targeted:  # a frame round the whole row: a selection alone has the same ground
            for top in (rect.top(), rect.bottom() - 1):
                painter.fillRect(rect.left(), top, rect.width(), 2, self._theme.colour("accent"))
        if index.column() == 0:
            if bool(state & QStyle.StateFlag.State_HasFocus):
                painter.fillRect(
                    rect.left(), rect.top(), 3, rect.height(), self._theme.colour("accent")
                )
            painter.drawPixmap(
                self._icon_rect(rect).topLeft(), self._theme.pixmap(self._icon_of(index))
            )
        painter.setPen(self._theme.colour("text" if index.column() == 0 else "dim"))
        room = self._text_rect(rect, index.column())
        text = str(index.data())
        if len(text) * rect.height() > room.width():  # else there is room for any letters
            text = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideMiddle, room.width()
            )
        right = index.data(Qt.ItemDataRole.TextAlignmentRole)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(80, px(t.ROW_HEIGHT))

    def createEditor(  # noqa: N802  Qt's name
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: _Index
    ) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(_("New name"))
        return editor

    def setModelData(  # noqa: N802  Qt's name
        self, editor: QWidget, model: QAbstractItemModel, index: _Index
    ) -> None:
        """Take a name; one that is left as it was put there is not asked for by going elsewhere."""
        if editor.hasFocus() or not isinstance(editor, QLineEdit) or editor.isModified():
            super().setModelData(editor, model, index)

    def updateEditorGeometry(  # noqa: N802  Qt's name
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        rect: QRect = option.rect
        editor.setGeometry(self._text_rect(rect, index.column()).adjusted(-7, 3, 0, -4))

    def _icon_rect(self, rect: QRect) -> QRect:
        top = rect.top() + (rect.height() - t.ICON) // 2
        return QRect(rect.left() + _EDGE, top, t.ICON, t.ICON)

    def _text_rect(self, rect: QRect, column: int) -> QRect:
        left = _EDGE + t.ICON + _GAP if column == 0 else _PAD
        return rect.adjusted(left, 0, -_PAD, 0)
