"""Shows the code: ring, digits, the next code, and a button to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout

from ferrygate.app.plain_text import plain_tip
from ferrygate.app.presenters.code_presenter import CodeView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.code_ring import CodeRing
from ferrygate.app.widgets.labels import label, set_look
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _

_RING = 48  # pixels of the ring's diameter
_QUIET_RING = 38  # pixels, on a card to copy codes from


class CodeCard(QFrame):
    """Shows a :class:`CodeView`.

    Signals:
        copy_wanted: the person wants the code elsewhere.
    """

    copy_wanted = Signal()

    def __init__(self, theme: Theme, *, caption: str = "", can_copy: bool = True) -> None:
        """Make a card; one to copy codes from is beside other things, and has quiet colours."""
        super().__init__()
        self._fixed_caption = caption
        self.setProperty("look", "box")
        self._ring = CodeRing(theme, _QUIET_RING if can_copy else _RING)
        self._caption = label(caption, "caption")
        self._digits = label("", "quiet-code" if can_copy else "code")
        self._next = label("", "caption")
        self._copy = ThemedButton(theme, look="quiet", icon="copy", tint="dim", name=_("Copy code"))
        self._copy.clicked.connect(self.copy_wanted)
        self._can_copy = can_copy
        if can_copy:
            self._digits.setCursor(Qt.CursorShape.PointingHandCursor)
            self._digits.setToolTip(plain_tip(_("Copy code")))
        self._copy.setVisible(can_copy)
        self._next.setVisible(can_copy)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 12, 8, 12)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        grid.addWidget(self._ring, 0, 0, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._caption, 0, 1)
        grid.addWidget(self._digits, 1, 1)
        grid.addWidget(self._copy, 0, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._next, 2, 1, 1, 2)
        grid.setColumnStretch(1, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Copy the code: a click on the digits does as one on the icon."""
        if self._can_copy and self._digits.geometry().contains(event.position().toPoint()):
            self.copy_wanted.emit()
        super().mouseReleaseEvent(event)

    def render_view(self, view: CodeView) -> None:
        """Show a moment of the code's life."""
        self._ring.render_view(view)
        self._caption.setText(self._fixed_caption or view.caption)
        self._digits.setText(view.digits)
        self._digits.setAccessibleName(_("Your code: {code}").format(code=" ".join(view.digits)))
        set_look(self._digits, "spent", "true" if view.spent else "false")
        self._next.setText(_("next {code}").format(code=view.next_digits))
