"""The sign-in card."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ferrygate.app.dialogs.choosers import choose_picture
from ferrygate.app.panels.card import CardGround, SiteHead
from ferrygate.app.panels.code_setup_panel import CodeSetupPanel
from ferrygate.app.panels.field import Field
from ferrygate.app.panels.host_key_panel import HostKeyPanel
from ferrygate.app.presenters.sign_in_view import Form, SignInView
from ferrygate.app.presenters.workspace import Workspace
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.check_box import CheckBox
from ferrygate.app.widgets.code_card import CodeCard
from ferrygate.app.widgets.labels import ElidedLabel, label
from ferrygate.app.widgets.problem_note import ProblemNote
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.codes.qr import MAX_BYTES
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.secret import Secret


class SignInPanel(CardGround):
    """Shows a :class:`SignInView` and hands what was typed to the presenter."""

    def __init__(self, theme: Theme, workspace: Workspace) -> None:
        super().__init__(theme)
        self._workspace = workspace
        self._presenter = workspace.sign_in
        self._shown_site: tuple[str, str] = ("", "")
        self._was_busy = False
        self._detail = ElidedLabel("dim")
        self._head = SiteHead(self._detail)
        self._user = Field(_("User name"))
        self._password = Field(_("Password"), secret=True)
        self._setup = CodeSetupPanel(theme)
        self._code = CodeCard(theme, caption=_("Your code is added for you"), can_copy=False)
        self._question = HostKeyPanel(theme)
        self._button = ThemedButton(theme, _("Sign in"), look="primary")
        self._button.setProperty("big", "true")
        self._problem = ProblemNote(theme, _("Try once anyway"))
        self._note = label("", "caption", wrap=True)
        self._remember = CheckBox(theme, _("Remember my password"))
        self._others = ThemedButton(theme, _("Other sites"), look="link")
        self._cancel = ThemedButton(theme, _("Cancel"), look="link", name=_("Cancel sign-in"))
        self._lay_out()
        self._connect()
        self._presenter.subscribe(self._render)

    def _lay_out(self) -> None:
        for widget in (
            self._head,
            label(_("Sign in"), "title"),
            self._user,
            self._password,
            self._setup,
            self._code,
            self._question,
            self._problem,
            self._button,
            self._note,
        ):
            self.column.addWidget(widget)
        foot = QHBoxLayout()
        foot.addWidget(self._remember)
        foot.addStretch()
        foot.addWidget(self._cancel)
        foot.addWidget(self._others)
        self.column.addLayout(foot)

    def _connect(self) -> None:
        self._button.clicked.connect(self._sign_in)
        self._user.edit.returnPressed.connect(self._sign_in)
        self._password.edit.returnPressed.connect(self._sign_in)
        self._problem.acted.connect(self._try_anyway)
        self._cancel.clicked.connect(self._stop)
        self._others.clicked.connect(self._show_sites)
        self._setup.text_given.connect(self._use_text)
        self._setup.picture_wanted.connect(self._choose_picture)
        self._question.answered.connect(self._answer)

    def _render(self) -> None:
        view = self._presenter.view
        self._render_site(view)
        if self._was_busy and not view.busy and self.isVisible():
            self._password.edit.setEnabled(True)
            self._password.edit.setFocus()
        self._was_busy = view.busy
        idle = view.question is None
        self._password.setVisible(view.asks_password and idle)
        self._user.setVisible(idle)
        self._password.edit.setPlaceholderText(view.password_hint)
        self._user.edit.setEnabled(not view.busy)
        self._password.edit.setEnabled(not view.busy)
        self._setup.render_view(view)
        self._code.setVisible(view.shows_code and idle)
        self._code.render_view(self._workspace.code.view)
        self._question.render_question(view.question)
        self._problem.render_problem(view.problem, can_act=view.may_try_anyway)
        self._button.setText(view.button)
        self._button.setEnabled(not view.busy)
        self._button.setVisible(idle)
        self._note.setText(view.note)
        self._note.setVisible(bool(view.note) and idle)
        self._remember.setVisible(view.can_remember and idle)
        self._cancel.setVisible(view.busy and idle)
        self._others.setVisible(not view.busy)

    def _render_site(self, view: SignInView) -> None:
        self._head.show_name(view.name)
        self._detail.show_text(view.detail)
        if (view.name, view.detail) != self._shown_site:
            self._shown_site = (view.name, view.detail)
            self._user.edit.setText(view.username)
            self._password.edit.clear()
            self._remember.setChecked(False)
            first: QWidget = self._password.edit if view.username else self._user.edit
            first.setFocus()

    def _form(self) -> Form:
        return Form(
            username=self._user.edit.text().strip(),
            password=Secret(self._password.edit.text()),
            remember=not self._remember.isHidden() and self._remember.isChecked(),
        )

    @Slot()
    def _sign_in(self) -> None:
        self._presenter.sign_in(self._form())
        if self._presenter.view.busy:
            self._password.edit.clear()

    @Slot()
    def _try_anyway(self) -> None:
        self._presenter.sign_in(self._form(), try_anyway=True)

    @Slot()
    def _stop(self) -> None:
        self._presenter.cancel()

    @Slot()
    def _show_sites(self) -> None:
        self._workspace.show_sites()

    @Slot(str, bool)
    def _use_text(self, text: str, save: bool) -> None:  # noqa: FBT001  a slot
        self._presenter.use_code_text(text, save=save)

    @Slot()
    def _choose_picture(self) -> None:
        choose_picture(self, self._use_picture)

    @Slot(str)
    def _use_picture(self, path: str) -> None:
        try:
            with Path(path).open("rb") as file:
                picture = file.read(MAX_BYTES + 1)
        except OSError as error:
            problem = Problem(
                kind=Kind.LOCAL_FILE,
                sentence=_("This picture cannot be read."),
                next_step=_("Check that it is still there and yours to read."),
                detail=type(error).__name__,
            )
            self._presenter.report(problem)
        else:
            self._presenter.use_code_picture(picture, save=self._setup.wants_keeping)

    @Slot(bool)
    def _answer(self, accept: bool) -> None:  # noqa: FBT001  a slot
        self._presenter.answer_host_key(accept=accept)
