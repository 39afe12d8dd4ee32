"""Takes the secret that codes are made of, shows its codes, and gives them out."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.codes.totp import CodeSecret, live_code
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import Cancelled
from ferrygate.common.inbox import Callback
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.messages.codes import (
    CodeAwaited,
    CodeGivenOut,
    CodeRequest,
    ShowCode,
    UseCodeSecret,
)
from ferrygate.engine.messages.event import Event
from ferrygate.engine.reply import Later, Reply
from ferrygate.engine.session.code_display import CodeDisplay
from ferrygate.engine.session.current_site import CurrentSite
from ferrygate.engine.session.session_secrets import SessionSecrets
from ferrygate.sign_in.credentials import no_code_secret
from ferrygate.sign_in.time_steps import PASTE_SECONDS, take_step
from ferrygate.sites.site import Site


class CodeRequests:
    """Carries out what is asked of codes. Owned by the engine's thread."""

    def __init__(
        self,
        dependencies: EngineDependencies,
        tasks: BackgroundTasks,
        current: CurrentSite,
        secrets: SessionSecrets,
        *,
        display: CodeDisplay,
        emit: Callable[[Event], None],
        post: Callable[[Callback], None],
        changed: Callback,
    ) -> None:
        """Take what is needed.

        Args:
            dependencies: what the engine is made of.
            tasks: for work that waits.
            current: the open site.
            secrets: its secrets.
            display: shows the current code.
            emit: told of every event.
            post: has something done on the engine's thread.
            changed: called when codes are made of another secret from now on.
        """
        self._ledger = dependencies.ledger
        self._clock = dependencies.clock
        self._skews = dependencies.skews
        self._tasks = tasks
        self._current = current
        self._secrets = secrets
        self._display = display
        self._emit = emit
        self._post = post
        self._secret_changed = changed
        self._waiting: int | None = None  # the request that waited for a code last

    def obey(self, command: CodeRequest) -> Reply:
        """Carry out a request.

        Raises:
            SecretsMissingError: no code secret is at hand.
        """
        match command:
            case UseCodeSecret():
                self._secrets.use_code_secret(command.secret, save=command.save)
                self.correct(self._current.site)
                return None
            case ShowCode():
                return self._give_out(command)

    def correct(self, site: Site | None) -> None:
        """Show the code that the server expects now, by the person's agreement on clocks."""
        if site is not None:
            self._secrets.correct_code(site, self._skews)
        self._display.show(self._secrets.credentials.code_secret)
        self._secret_changed()

    def show_none(self) -> None:
        """Show no code any more."""
        self._display.show(None)

    def cancel(self) -> None:
        """Cancel the request that waits for a code: the code belongs to the one who leaves."""
        if self._waiting is not None:
            self._tasks.cancel(self._waiting)

    def _give_out(self, command: ShowCode) -> Later:
        request, secret = command.request, self._secrets.credentials.code_secret
        if secret is None:
            raise no_code_secret()
        self._waiting = request
        return self._tasks.answer(
            request,
            lambda cancel: self._claim(request, secret, cancel),
            lambda step: self._given(request, secret, step),
        )

    def _claim(self, request: int, secret: CodeSecret, cancel: CancelToken) -> int:
        """Claim a code, in the background; return its step."""
        return take_step(
            secret,
            lambda step: self._ledger.claim(secret, step),
            self._clock,
            cancel,
            lambda until: self._post(lambda: self._emit(CodeAwaited(request, until))),
            PASTE_SECONDS,
        )

    def _given(self, request: int, secret: CodeSecret, step: int) -> None:
        if self._secrets.credentials.code_secret is not secret:  # signed out meanwhile
            raise Cancelled
        self._display.refresh(at_once=True)
        self._emit(CodeGivenOut(request, live_code(secret, secret.start_of(step))))
