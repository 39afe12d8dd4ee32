"""Gives out codes that people use elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.codes.totp import live_code
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import Cancelled, problem_of
from ferrygate.common.inbox import Callback
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.messages.codes import CodeAwaited, CodeGivenOut, ShowCode
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.session.code_display import CodeDisplay
from ferrygate.engine.session.session_secrets import SessionSecrets
from ferrygate.sign_in.credentials import no_code_secret
from ferrygate.sign_in.time_steps import PASTE_SECONDS, take_step


class CodeRequests:
    """Claims codes in the ledger and gives them out. Owned by the engine's thread."""

    def __init__(
        self,
        dependencies: EngineDependencies,
        tasks: BackgroundTasks,
        secrets: SessionSecrets,
        display: CodeDisplay,
        emit: Callable[[Event], None],
        post: Callable[[Callback], None],
    ) -> None:
        """Take what is needed; ``post`` has something done on the engine's thread."""
        self._dependencies = dependencies
        self._tasks = tasks
        self._secrets = secrets
        self._display = display
        self._emit = emit
        self._post = post
        self._waiting: int | None = None  # the request that waited for a code last

    def cancel(self) -> None:
        """Cancel the request that waits for a code: the code belongs to the one who leaves."""
        if self._waiting is not None:
            self._tasks.cancel(self._waiting)

    def show(self, command: ShowCode) -> None:
        """Give out a code, as soon as one can be claimed.

        Raises:
            SecretsMissingError: no code secret is at hand.
        """
        request, secret = command.request, self._secrets.credentials.code_secret
        if secret is None:
            raise no_code_secret()
        self._waiting = request

        def take(cancel: CancelToken) -> int:
            return take_step(
                secret,
                lambda step: self._dependencies.ledger.claim(secret, step),
                self._dependencies.clock,
                cancel,
                lambda until: self._post(lambda: self._emit(CodeAwaited(request, until))),
                PASTE_SECONDS,
            )

        def fail(error: BaseException) -> None:
            self._emit(Failed(request, problem_of(error)))

        def given(step: int) -> None:
            if self._secrets.credentials.code_secret is not secret:  # signed out meanwhile
                fail(Cancelled())
                return
            self._display.refresh(at_once=True)
            self._emit(CodeGivenOut(request, live_code(secret, secret.start_of(step))))
            self._emit(Done(request))

        self._tasks.do(request, take, given, fail)
