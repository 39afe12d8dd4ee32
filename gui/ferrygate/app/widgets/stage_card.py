"""Shows how one stage of an access check ended; its details are folded away at first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from ferrygate.app.plain_text import PlainLabel
from ferrygate.app.presenters.check_view import MarkedWords, StageRow
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.icon_label import IconLabel
from ferrygate.app.widgets.labels import label, set_look
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse
_QUIET = {"ok", "faint"}  # of the note beside a title: good news needs no colour


class VerdictCard(QFrame):
    """Shows the verdict, and whose move it is; hidden while there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "inset")
        self._icon = IconLabel(theme)
        self._sentence = _words("strong")
        self._move = _words("")
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._sentence)
        words.addWidget(self._move)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.hide()

    def show_verdict(self, verdict: MarkedWords | None) -> None:
        """Show a verdict, or none."""
        self.setVisible(verdict is not None)
        if verdict is not None:
            self._icon.show_icon(verdict.icon, verdict.tint)
            _show(self._sentence, verdict.sentence)
            _show(self._move, verdict.move)
            self.setAccessibleName(f"{verdict.sentence}\n{verdict.move}")


class StageCard(QFrame):
    """Shows one stage: a mark, its title, how long it took, and what that means.

    Signals:
        unfolded: its details are shown.
    """

    unfolded = Signal()

    def __init__(self, theme: Theme, row: StageRow) -> None:
        super().__init__()
        self.setObjectName("stage")
        self._row = row
        self._icon = IconLabel(theme)
        self._title = label("", "strong")
        self._note = label("", "caption")
        self._sentence, self._causes = _words(""), _words("")
        self._said, self._move = _words("dim"), _words("dim")
        self._details = _words("caption")
        self._details.setVisible(False)
        self._fold = ThemedButton(theme, look="link")
        self._fold.clicked.connect(self._toggle_details)
        self._lay_out()
        self.show_row(row)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title, 1)
        head.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._note, 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        for each in (self._sentence, self._causes, self._said, self._move):
            words.addWidget(each)
        words.addWidget(self._details)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 10, 0, 10)
        grid.setHorizontalSpacing(10)
        grid.addWidget(self._icon, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(words, 0, 1)
        grid.setColumnStretch(1, 1)

    def show_row(self, row: StageRow) -> None:
        """Show a stage; whether its details are folded stays as it is."""
        self._row = row
        words = row.words
        self._icon.show_icon(words.icon, words.tint)
        self._title.setText(row.title)
        _show(self._note, row.note)
        set_look(self._note, "tone", "" if words.tint in _QUIET else words.tint)
        _show(self._sentence, words.sentence)
        _show(self._causes, row.causes)
        _show(self._said, row.said)
        _show(self._move, words.move)
        self._details.setText(row.details)
        self._fold.setVisible(bool(row.details))
        self.setAccessibleName(row.spoken)
        self._name_fold()

    @Slot()
    def _toggle_details(self) -> None:
        self._details.setVisible(self._details.isHidden())
        self._name_fold()
        if not self._details.isHidden():
            self.unfolded.emit()

    def _name_fold(self) -> None:
        """Say what the link does now; a screen reader hears of which stage, and how that ended."""
        words = _("Details") if self._details.isHidden() else _("Hide details")
        self._fold.show_words(words)
        self._fold.setAccessibleName(
            _("{words}: {stage}").format(words=words, stage=self._row.title)
        )
        self._fold.setAccessibleDescription(self._row.spoken)


def _words(look: str) -> PlainLabel:
    made = label("", look, wrap=True)
    made.setTextInteractionFlags(_SELECTABLE)
    return made


def _show(words: PlainLabel, text: str) -> None:
    words.setText(text)
    words.setVisible(bool(text))
