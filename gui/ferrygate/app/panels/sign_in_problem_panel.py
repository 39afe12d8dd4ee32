"""Shows what went wrong, and the ways on, in the card."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ferrygate.app.presenters.sign_in_problem_presenter import Action, SignInProblemPresenter
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.icon_note import IconNote
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.problem_note import ProblemNote
from ferrygate.app.widgets.question import Question
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _


class SignInProblemPanel(QWidget):
    """Shows a :class:`SignInProblemView`.

    Signals:
        agreed: the person agrees to what was asked before the action chosen last.
    """

    agreed = Signal()

    def __init__(self, theme: Theme, presenter: SignInProblemPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._note = ProblemNote(theme)
        self._count = IconNote(theme)
        self._contact = label("", "caption", wrap=True)
        self._asking = label(_("Asking Okta…"), "caption")
        self._buttons = {
            Action.ASK_OKTA: ThemedButton(theme, _("Ask Okta why")),
            Action.RESET_LOCK: ThemedButton(theme, _("Reset the lock")),
        }
        self._buttons[Action.ASK_OKTA].clicked.connect(self._ask_okta)
        self._buttons[Action.RESET_LOCK].clicked.connect(self._reset_lock)
        self._consent = Question(theme, can_decline=True)
        self._consent.agreed.connect(self.agreed)
        self._consent.declined.connect(presenter.decline)
        self._clock = Question(theme, can_decline=False)
        self._clock.agreed.connect(presenter.correct_codes)
        ways = QHBoxLayout()
        ways.setSpacing(8)
        ways.addWidget(self._contact, 1)
        for button in self._buttons.values():
            ways.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._note)
        column.addWidget(self._count)
        column.addWidget(self._asking)
        column.addLayout(ways)
        column.addWidget(self._consent)
        column.addWidget(self._clock)

    def render_view(self, *, shown: bool) -> None:
        """Show the problem, where the card has room for it now."""
        view = self._presenter.view
        has_words = view.problem is not None or bool(view.count or view.clock)
        self.setVisible(shown and has_words)
        self._note.render_problem(view.problem)
        self._count.show_words(view.count)
        self._contact.setText(view.contact)
        self._contact.setVisible(bool(view.contact))
        self._asking.setVisible(view.asking)
        for action, button in self._buttons.items():
            button.setVisible(action in view.actions and view.consent is None)
        self._consent.ask(view.consent)
        self._clock.ask(view.clock)

    @Slot()
    def _ask_okta(self) -> None:
        self._presenter.choose(Action.ASK_OKTA)

    @Slot()
    def _reset_lock(self) -> None:
        self._presenter.choose(Action.RESET_LOCK)
