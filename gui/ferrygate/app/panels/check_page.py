"""The check of the account's access, in place of the card until the person goes back."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ferrygate.app.dialogs.choosers import choose_report
from ferrygate.app.plain_text import plain_tip
from ferrygate.app.presenters.check_view import CheckView, MarkedWords
from ferrygate.app.presenters.workspace import Workspace
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.scale import wide
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.card import SiteHeader
from ferrygate.app.widgets.check_box import CheckBox
from ferrygate.app.widgets.copy_details_button import CopyDetailsButton
from ferrygate.app.widgets.key_table import KeyTable
from ferrygate.app.widgets.labels import ElidedLabel, label
from ferrygate.app.widgets.problem_note import ProblemNote
from ferrygate.app.widgets.question import Question
from ferrygate.app.widgets.stage_card import StageCard, VerdictCard
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _

_BESIDE = 24  # pixels that are shown beyond a stage that is scrolled to
_WIDTH = 680  # pixels: some 90 characters a line beside the marks


class CheckPage(QWidget):
    """Shows a :class:`~ferrygate.app.presenters.check_view.CheckView`.

    Escape does what is nearest: it answers the question with no, stops a running check, goes back.
    Enter presses the button that has the keyboard, which is never the one that spends a code.
    """

    def __init__(self, theme: Theme, pace: RenderPace, workspace: Workspace) -> None:
        super().__init__()
        self._theme = theme
        self._workspace = workspace
        self._presenter = workspace.check
        self._cards: list[StageCard] = []
        self._shown: tuple[int, MarkedWords | None] = (0, None)
        self.setObjectName("ground")
        self._server = ElidedLabel("dim")
        self._head = SiteHeader(self._server)
        self._status = label("", "dim", wrap=True)
        self._verdict = VerdictCard(theme)
        self._problem = ProblemNote(theme)
        self._skipped = label("", "caption", wrap=True)
        self._skipped.setContentsMargins(0, 8, 0, 8)
        self._consent = Question(theme, can_decline=True)
        self._sign_in = ThemedButton(theme, _("Try the sign-in too"))
        self._again = ThemedButton(theme, _("Check again"))
        self._stop = ThemedButton(theme, _("Stop"), name=_("Stop the check"))
        self._back = ThemedButton(theme, _("Back"), look="primary")
        self._copy = CopyDetailsButton(theme, look="link")
        self._save = ThemedButton(theme, _("Save the report…"), look="link")
        self._shorten = CheckBox(theme, _("Shorten names"))
        self._shorten.setToolTip(plain_tip(_("Those of servers and users, in the report")))
        self._area = QScrollArea()
        self._sought: StageCard | None = None  # the stage that is to be in view
        self._column = QVBoxLayout()
        self._keys = KeyTable(self)
        self._keys.add_way_back(_("Back"), self._step_back)
        self._lay_out()
        self._connect()
        pace.add(self, self._render, workspace, self._presenter)

    def _lay_out(self) -> None:
        card = QFrame()
        card.setObjectName("card")
        card.setMaximumWidth(wide(_WIDTH))
        column = QVBoxLayout(card)
        column.setContentsMargins(28, 28, 28, 24)
        column.setSpacing(14)
        column.addWidget(self._head)
        column.addWidget(label(_("Check of your access"), "title"))
        column.addWidget(self._status)
        column.addWidget(self._verdict)
        column.addWidget(self._problem)
        column.addWidget(self._stages(), 1)
        column.addWidget(self._consent)
        column.addLayout(self._report_line())
        column.addLayout(self._foot())
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 24, 24, 24)
        row.addStretch()
        row.addWidget(card, 1)
        row.addStretch()

    def _stages(self) -> QWidget:
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab scrolls it, from link to link
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._column.setContentsMargins(0, 0, 12, 0)  # the bar's room
        self._column.setSpacing(0)
        self._column.addWidget(self._skipped)
        self._column.addStretch()
        inside.setLayout(self._column)
        self._area.setWidget(inside)
        return self._area

    def _report_line(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._copy)
        row.addWidget(self._save)
        row.addStretch()
        row.addWidget(self._shorten)
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._sign_in)
        row.addWidget(self._again)
        row.addStretch()
        row.addWidget(self._stop)
        row.addWidget(self._back)
        return row

    def _connect(self) -> None:
        presenter = self._presenter
        self._sign_in.clicked.connect(presenter.ask_for_sign_in)
        self._again.clicked.connect(presenter.check_again)
        self._stop.clicked.connect(presenter.stop)
        self._back.clicked.connect(self._workspace.leave_check)
        self._save.clicked.connect(self._choose_place)
        self._shorten.toggled.connect(self._set_shortens)
        self._consent.agreed.connect(presenter.agree)
        self._consent.declined.connect(presenter.decline)
        bar = self._area.verticalScrollBar()
        bar.rangeChanged.connect(self._seek)
        bar.actionTriggered.connect(self._leave_in_place)

    def first_focus(self) -> QWidget:
        """Name what has the keyboard first: what ends the check, or the way back."""
        return self._stop if self._presenter.is_running else self._back

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def _render(self) -> None:
        site = self._workspace.site
        focused: QWidget | None = self.window().focusWidget()
        if site is None:
            return
        self._head.show_name(site.name)
        self._server.show_text(f"{site.username} · {site.place}" if site.username else site.place)
        view = self._presenter.view
        is_running = view.is_running
        self._status.setText(view.status)
        self._status.setVisible(bool(view.status))
        self._verdict.show_verdict(view.verdict)
        self._problem.render_problem(view.problem)
        self._render_stages(view)
        self._consent.ask(view.consent)
        self._copy.offer_report(view.report)
        for each in (self._copy, self._save, self._shorten):
            each.setVisible(bool(view.report))
        self._shorten.setChecked(view.shortens)
        is_asked = view.consent is not None
        self._sign_in.setVisible(view.can_sign_in and not is_asked)
        self._again.setVisible(not is_running and not is_asked)
        self._stop.setVisible(is_running)
        self._back.setVisible(not is_running)
        is_gone = focused is not None and self.isAncestorOf(focused) and not focused.isVisible()
        if is_gone and not is_asked:  # a question takes the keyboard itself
            self.first_focus().setFocus()

    def _render_stages(self, view: CheckView) -> None:
        while len(self._cards) > len(view.rows):
            self._sought = None
            self._cards.pop().deleteLater()
        for card, row in zip(self._cards, view.rows, strict=False):
            card.show_row(row)
        for row in view.rows[len(self._cards) :]:
            card = StageCard(self._theme, row)
            card.unfolded.connect(self._show_unfolded)
            self._column.insertWidget(len(self._cards), card)
            self._cards.append(card)
        self._skipped.setText(view.skipped)
        self._skipped.setVisible(bool(view.skipped))
        self._scroll_to(view)

    def _scroll_to(self, view: CheckView) -> None:
        """Bring the newest stage into view, and at the end the first that needs somebody."""
        shown = (len(view.rows), view.verdict)
        if shown == self._shown or not view.rows:
            return
        self._shown = shown
        tints = [row.words.tint for row in view.rows]
        at = len(tints) - 1
        if view.verdict is not None:
            at = next((tints.index(tint) for tint in ("red", "amber") if tint in tints), 0)
        self._bring_into_view(self._cards[at])

    def _bring_into_view(self, card: StageCard) -> None:
        """Scroll to a stage, and again as it gets its place, until the person scrolls."""
        self._sought = card
        QTimer.singleShot(0, card, self._seek)

    @Slot()
    def _seek(self) -> None:
        if self._sought is not None:
            self._area.ensureWidgetVisible(self._sought, 0, _BESIDE)

    @Slot()
    def _leave_in_place(self) -> None:
        self._sought = None

    @Slot()
    def _show_unfolded(self) -> None:
        card = self.sender()
        if isinstance(card, StageCard):
            self._bring_into_view(card)

    def _step_back(self) -> None:
        if self._presenter.view.consent is not None:
            self._presenter.decline()
        elif self._presenter.is_running:
            self._presenter.stop()
        else:
            self._workspace.leave_check()

    @Slot()
    def _choose_place(self) -> None:
        choose_report(self, self._presenter.report_name, self._presenter.save)

    @Slot(bool)
    def _set_shortens(self, wanted: bool) -> None:  # noqa: FBT001  a slot
        self._presenter.shorten(wanted=wanted)
