"""A code that the person types, from a phone or a token: checked here, good for one sign-in."""

from __future__ import annotations

import msgspec

from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.codes.typed_code import typed_code
from ferrygate.common.errors import Problem, UsageError
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import AnswerCode, CodeQuestion, SessionChanged, SessionState
from ferrygate.sites.site import SignInSettings, Site


class TypedCodeView(msgspec.Struct, frozen=True, kw_only=True):
    """Describes the field for a code, and the question that it answers.

    Attributes:
        digits: how many digits a code of the site has.
        is_asked: the engine waits for a code.
        goes_on: it does so for a session that was signed in, not for the card.
        question: another number for each question.
        problem: why what was typed before did not do.
    """

    digits: int = SignInSettings().digits
    is_asked: bool = False
    goes_on: bool = False
    question: int = 0
    problem: Problem | None = None


class TypedCodePresenter(Observable):
    """Checks what is typed before anything is sent, and answers the engine's question for it."""

    def __init__(self, outbox: Outbox) -> None:
        super().__init__()
        self._outbox = outbox
        self.view = TypedCodeView()

    def turn_to(self, site: Site) -> None:
        """Begin anew for a site."""
        self._show(TypedCodeView(digits=site.sign_in.digits))

    def forget_problem(self) -> None:
        """Say nothing more of what was typed before: the field is empty."""
        self._show(msgspec.structs.replace(self.view, problem=None))

    def read(self, code: Secret) -> Secret | None:
        """Give the code without blanks; none where it is no code of the site's, which is shown."""
        try:
            read = typed_code(code.reveal(), self.view.digits)
        except UsageError as error:
            self._show(msgspec.structs.replace(self.view, problem=error.problem))
            return None
        self.forget_problem()
        return read

    def answer(self, code: Secret) -> bool:
        """Answer the question; false where there is none, or what was typed is no code."""
        read = self.read(code)
        if read is None or not self.view.is_asked:
            return False
        self._outbox.send(AnswerCode(question=self.view.question, code=read))
        self._end()
        return True

    def handle(self, event: Event) -> None:
        """Follow the question; any state but the one that asks takes it back."""
        match event:
            case CodeQuestion():
                self._show(
                    TypedCodeView(
                        digits=event.digits,
                        is_asked=True,
                        goes_on=event.goes_on,
                        question=event.question,
                        problem=event.problem,
                    )
                )
            case SessionChanged(state=state) if state is not SessionState.ASKING_FOR_CODE:
                self._end()
            case _:
                pass

    def _end(self) -> None:
        if self.view.is_asked:
            self._show(TypedCodeView(digits=self.view.digits))

    def _show(self, view: TypedCodeView) -> None:
        if view != self.view:
            self.view = view
            self._changed()
