"""The sign-in card."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from ferrygate.app.panels.changed_key_panel import ChangedKeyPanel
from ferrygate.app.panels.code_setup_panel import CodeSetupPanel
from ferrygate.app.panels.host_key_panel import HostKeyPanel
from ferrygate.app.panels.prompt_panel import PromptPanel
from ferrygate.app.panels.sign_in_problem_panel import SignInProblemPanel
from ferrygate.app.presenters.run_in_background import RunInBackground
from ferrygate.app.presenters.sign_in_view import SignInView, Stage
from ferrygate.app.presenters.workspace import Workspace
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.card import CardPage, SiteDetail, SiteHeader
from ferrygate.app.widgets.code_card import CodeCard
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.link_line import LinkLine
from ferrygate.app.widgets.sign_in_fields import SignInFields
from ferrygate.app.widgets.sign_in_foot import SignInFoot
from ferrygate.common.i18n import _


class SignInPanel(CardPage):
    """Shows a :class:`SignInView` and hands what was typed to the presenter."""

    def __init__(
        self,
        theme: Theme,
        pace: RenderPace,
        workspace: Workspace,
        background: RunInBackground,
    ) -> None:
        super().__init__(theme)
        self._workspace = workspace
        self._presenter = workspace.sign_in
        self._shown_turn = 0
        self._form_shown: tuple[object, ...] = ()  # what the place of the keyboard depends on
        self._was_open = False  # all that is kept for the site was known
        self._placed: QWidget | None = None  # has the keyboard since the card was turned to
        self._typing = self._presenter.typing
        self._detail = SiteDetail()
        self._head = SiteHeader(self._detail)
        self._title = label(_("Sign in"), "title")
        self.fields = SignInFields(theme)
        self.setup = CodeSetupPanel(theme, pace, workspace, background)
        self._code = CodeCard(theme, caption=_("Your code is added for you"), can_copy=False)
        self._mismatch = label("", "caption", wrap=True)
        self._unproven = label(
            _("Your code set-up is kept once a sign-in has proven it."), "caption", wrap=True
        )
        self._question = HostKeyPanel(theme)
        self._changed_key = ChangedKeyPanel(theme)
        self._prompt = PromptPanel(theme)
        self._sign_in_problem = SignInProblemPanel(theme, workspace.sign_in_problem)
        self._no_code = LinkLine(theme, _("This site wants no code."), _("Use a code after all"))
        self._okta_words = label("", "dim", wrap=True)
        self.foot = SignInFoot(theme, self.column.spacing())
        self.keys.add_way_back(_("Other sites"), self._go_back)
        self._lay_out()
        self._connect()
        shown = (self._presenter, workspace.setup, workspace.sign_in_problem, workspace.typed_code)
        pace.add(self, self._render, *shown)

    def _lay_out(self) -> None:
        for widget in (
            self._head,
            self._title,
            self._changed_key,
            self._question,
            self._prompt,
            self._okta_words,
            *self.fields.lines,
            self.setup,
            self._code,
            self.fields.code,
            self._no_code,
            self._mismatch,
            self._unproven,
            self._sign_in_problem,
        ):
            self.column.addWidget(widget)
        self.column.addLayout(self.foot)

    def _connect(self) -> None:
        for field in self.fields.lines:
            field.edit.returnPressed.connect(self._leave_field)
        self.fields.code.entered.connect(self._leave_field)
        self._no_code.acted.connect(self._want_code)
        self.setup.skipped.connect(self._want_no_code)
        self.setup.typing_wanted.connect(self._turn_to_other_way)
        self.setup.okta_wanted.connect(self._turn_to_okta)
        self._connect_foot()
        self._question.answered.connect(self._answer)
        self._changed_key.trusted.connect(self._presenter.trust_new_key)
        self._prompt.answered.connect(self._presenter.answer_prompt)
        self._sign_in_problem.agreed.connect(self._ask_okta)
        self._presenter.subscribe(self._follow_typing)

    def _connect_foot(self) -> None:
        foot = self.foot
        foot.button.clicked.connect(self._press)
        foot.other_way.clicked.connect(self._turn_to_other_way)
        foot.by_hand.clicked.connect(self._turn_from_okta)
        for box in (foot.remember, foot.keep):
            box.entered.connect(self._enter)
        foot.keep.toggled.connect(self._keep_code)
        foot.cancel.clicked.connect(self._presenter.cancel)
        foot.check.clicked.connect(self._check_access)
        foot.others.clicked.connect(self._workspace.show_sites)
        foot.menu.forget_wanted.connect(self._workspace.forget)

    def _render(self) -> None:
        view = self._presenter.view
        setup = self._workspace.setup.view
        form, okta = view.stage is Stage.FORM, view.stage is Stage.OKTA_SETUP
        setting_up = okta or view.stage is Stage.CODE_SETUP
        self._render_site(view)
        self._title.setText(_("Sign in") if form else _("Set up your code"))
        self._title.setVisible(form or setting_up)
        self._okta_words.setText(
            _(
                "Okta makes the code for you, and nothing needs scanning. For this your password"
                " goes to {okta}, without a code."
            ).format(okta=setup.okta)
        )
        self._okta_words.setVisible(okta)
        self.fields.render_view(view, self._workspace.typed_code.view)
        self._no_code.setVisible(form and view.ways.says_no_code and not view.busy)
        self.setup.render_view(view)
        problem = self._workspace.sign_in_problem.view
        is_asked = problem.consent is not None or problem.clock is not None
        self._code.setVisible(form and view.shows_code and not is_asked)  # all is to be seen
        self._code.render_view(self._workspace.code.view)
        self._mismatch.setText(setup.mismatch)
        self._mismatch.setVisible(form and bool(setup.mismatch))
        self._unproven.setVisible(form and setup.unproven and not view.busy)
        self._question.render_question(view.question if view.stage is Stage.HOST_KEY else None)
        self._changed_key.render_view(view.changed_key)
        self._prompt.render_view(view.prompt if view.stage is Stage.PROMPT else None)
        self._sign_in_problem.render_view(shown=(form or setting_up) and not view.busy)
        self.foot.render_view(view)
        self._return_focus(view)

    def first_focus(self) -> QWidget:
        """Name what has the keyboard when the card is turned to: what is missing, or the button.

        A button that is a person's word after refusals is pressed by nobody's habit.
        """
        view = self._presenter.view
        return self._awaited(view) or (
            self.foot.others if view.button.needs_word else self.foot.button
        )

    def safe_focus(self) -> QWidget:
        """Name what has the keyboard after anything else: the same, but nothing that signs in.

        A key that was meant for what is gone, such as Cancel, must spend no code.
        """
        return self._awaited(self._presenter.view) or self.foot.others

    def _return_focus(self, view: SignInView) -> None:
        """Another form, or an attempt that began or ended, moves the keyboard."""
        opened = view.button.can_press and not self._was_open
        form = (
            view.stage,
            view.busy,
            view.asks_passphrase,
            view.ways.asks_typed_code,
            view.ways.waits_for_code,
        )
        changed, self._form_shown = form != self._form_shown, form
        self._was_open = self._was_open or opened
        if not self.isVisible():
            return
        if opened and self._is_untouched():
            self.first_focus().setFocus()
        elif changed:
            self.safe_focus().setFocus()

    def _is_untouched(self) -> bool:
        """Tell whether the keyboard is where the card has put it, and has typed nothing there.

        A keychain may take its time: what is found must not take the keyboard from a person who is
        typing by then, least of all to a button that signs in.
        """
        has_moved = self.window().focusWidget() is not self._placed
        return not has_moved and self.fields.is_untouched

    def _awaited(self, view: SignInView) -> QWidget | None:
        """Name the part of the card that waits for the person, if any."""
        match view.stage:
            case Stage.CHANGED_KEY:
                return self._changed_key.first_focus()
            case Stage.HOST_KEY:
                return self._question.first_focus()
            case Stage.PROMPT:
                return self._prompt.first_focus()
            case Stage.CODE_SETUP:
                return self.setup.first_focus()
            case Stage.FORM | Stage.OKTA_SETUP:
                is_resting = view.busy and not view.ways.waits_for_code
                return self.foot.cancel if is_resting else self.fields.missing(view)

    def _render_site(self, view: SignInView) -> None:
        self._head.show_name(view.name)
        self._detail.show_lines(view.detail, view.checked_by)
        if view.turn != self._shown_turn:
            self._shown_turn = view.turn
            self._was_open = False
            self.fields.user.edit.setText(view.username)
            self.foot.remember.setChecked(False)
            self._placed = self.safe_focus()  # the button can take nothing yet
            self.first_focus().setFocus()

    def _follow_typing(self) -> None:
        """Empty the fields as soon as their secrets are of no more use, be the card seen or not."""
        if self._typing != self._presenter.typing:
            self._typing = self._presenter.typing
            self.fields.forget_secrets()

    @Slot()
    def _leave_field(self) -> None:
        """Enter in a field is habit; only the button, beside its reason, is a person's word."""
        if self.foot.needs_word:
            self.foot.button.setFocus()
        else:
            self._press()

    @Slot()
    def _enter(self) -> None:
        if self.foot.button.isVisible():
            self._leave_field()

    @Slot()
    def _press(self) -> None:
        if self.fields.confirm():
            self._presenter.sign_in(
                self.fields.form(remember=self.foot.remembers), try_anyway=self.foot.needs_word
            )
            view = self._presenter.view
            if view.busy and not view.ways.waits_for_code:
                self.fields.code.clear()  # good for one sign-in
            elif self._workspace.typed_code.view.problem is not None:
                self.fields.code.setFocus()

    @Slot()
    def _ask_okta(self) -> None:
        """Okta is asked about the password in the field, if one is there."""
        if self.fields.confirm():
            self._presenter.hand_over(self.fields.form(remember=self.foot.remembers))
            self._workspace.sign_in_problem.agree()

    @Slot()
    def _check_access(self) -> None:
        if self.fields.confirm():
            self._workspace.check_access(self.fields.form(remember=False))

    def _go_back(self) -> None:
        if self._presenter.view.is_at_rest:
            self._workspace.show_sites()

    @Slot()
    def _turn_to_other_way(self) -> None:
        self.fields.code.clear()
        self._presenter.type_code(wanted=not self._presenter.types_code)

    @Slot()
    def _want_no_code(self) -> None:
        self._presenter.go_without_code(wanted=True)

    @Slot()
    def _want_code(self) -> None:
        self._presenter.go_without_code(wanted=False)

    @Slot()
    def _turn_to_okta(self) -> None:
        self._presenter.turn_to_okta(wanted=True)

    @Slot()
    def _turn_from_okta(self) -> None:
        self._presenter.turn_to_okta(wanted=False)

    @Slot(bool)
    def _keep_code(self, wanted: bool) -> None:  # noqa: FBT001  a slot
        self._workspace.setup.keep(wanted=wanted)

    @Slot(bool)
    def _answer(self, accept: bool) -> None:  # noqa: FBT001  a slot
        self._presenter.answer_host_key(accept=accept)
