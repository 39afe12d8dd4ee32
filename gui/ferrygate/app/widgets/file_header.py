"""Shows the headings of a list, with a mark at the one that sorts it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QTableView

from ferrygate.app.plain_text import plain_tip
from ferrygate.app.theme import Theme
from ferrygate.common.i18n import _

_MARK = 12  # pixels of the arrow
_EDGE, _PAD, _GAP = 20, 12, 5  # as in the stylesheet: before the first heading, before the others


class FileHeader(QHeaderView):
    """Paints the mark itself: a stylesheet's has the colour of one scheme."""

    def __init__(self, theme: Theme, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._theme = theme
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setToolTip(plain_tip(_("Click to sort, or press Ctrl and the column's number.")))
        theme.changed.connect(self.viewport().update)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: N802  Qt's name
        painter.save()
        super().paintSection(painter, rect, section)
        painter.restore()
        if section == self.sortIndicatorSection() and self.isSortIndicatorShown():
            rises = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
            icon = self._theme.pixmap("sort-up" if rises else "sort-down", "dim", _MARK)
            painter.drawPixmap(self.mark_rect(rect, section).topLeft(), icon)

    def mark_rect(self, rect: QRect, section: int) -> QRect:
        """Return the place of a heading's mark: beside its words, on the side that has room."""
        model = self.model()
        orientation = self.orientation()
        words = str(model.headerData(section, orientation))
        side = model.headerData(section, orientation, Qt.ItemDataRole.TextAlignmentRole)
        width = self.fontMetrics().horizontalAdvance(words)
        if side is not None and int(side) & int(Qt.AlignmentFlag.AlignRight):
            left = rect.right() - _PAD - width - _GAP - _MARK
        else:
            left = rect.left() + (_PAD if self.visualIndex(section) else _EDGE) + width + _GAP
        return QRect(left, rect.top() + (rect.height() - _MARK) // 2, _MARK, _MARK)
