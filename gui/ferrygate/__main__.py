"""``python -m ferrygate`` and the command ``ferrygate``: joins the command line and the window."""

from __future__ import annotations

import os
import signal
import sys

# Everything else is loaded in functions: once Ctrl+C leaves no traceback and the secrets have left
# the environment, and only what the command needs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

    from ferrygate.app.options import AppOptions
    from ferrygate.cli.command_context import DesktopApp, WindowRequest
    from ferrygate.common.clock import Clock
    from ferrygate.common.environment import SecretSources
    from ferrygate.common.errors import Problem
    from ferrygate.common.logs import LiveSecrets
    from ferrygate.common.paths import Home
    from ferrygate.engine.engine import Engine
    from ferrygate.engine.messages.event import Listener

_INTERRUPTED = 130  # Exit.INTERRUPTED, which may not be loaded yet
_AGAIN_SECONDS = 0.05  # until an interrupt that was lost is raised again
_OFFSCREEN = "offscreen"  # read by Qt when it is loaded
# New objects after which Python looks for reference cycles, instead of 700. What a command loads
# is 60,000 objects that stay: looking at them again and again takes 12 ms. And no thread does
# anything meanwhile: a click beside busy transfers waits for it.
MANY_OBJECTS = 100_000


def main() -> int:
    """Carry out the command line; the exit status."""
    _on_ctrl_c_leave()
    interrupts: list[int] = []
    try:
        return _carry_out(interrupts)
    except KeyboardInterrupt:  # before or after the command, which says more of it
        return _INTERRUPTED
    except Exception:
        if interrupts:  # a module that is interrupted while it loads may raise another error
            return _INTERRUPTED
        raise
    finally:
        _on_ctrl_c_leave()  # while Python shuts down, an interrupt prints a traceback


def _on_ctrl_c_leave() -> None:
    """Have Ctrl+C end the program at once, where there is nothing to clear up.

    An exception in the midst of loading may be printed by Python, and lost. Where a shell ignores
    Ctrl+C for the program, as for jobs in the background, that stays so.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_signal: os._exit(_INTERRUPTED))


def _carry_out(interrupts: list[int]) -> int:
    import gc  # noqa: PLC0415  as above

    from ferrygate.cli.streams import open_closed_streams  # noqa: PLC0415  as above
    from ferrygate.common.environment import take_secrets  # noqa: PLC0415  as above

    open_closed_streams()
    sources = take_secrets(os.environ)
    gc.set_threshold(MANY_OBJECTS)
    try:
        return _run(sources, interrupts)
    finally:
        gc.freeze()  # Python's end looks for cycles once more, 30 ms for nothing


def _run(sources: SecretSources, interrupts: list[int]) -> int:
    from functools import partial  # noqa: PLC0415  as above

    from ferrygate.cli.command_context import CommandContext  # noqa: PLC0415  as above
    from ferrygate.cli.main import command_name, run  # noqa: PLC0415  as above
    from ferrygate.cli.run_facts import RunFacts  # noqa: PLC0415  as above
    from ferrygate.cli.terminal import Terminal  # noqa: PLC0415  as above
    from ferrygate.common.clock import SystemClock  # noqa: PLC0415  as above
    from ferrygate.common.environment import log_level  # noqa: PLC0415  as above
    from ferrygate.common.errors import FerrygateError  # noqa: PLC0415  as above
    from ferrygate.common.logs import logging_to  # noqa: PLC0415  as above
    from ferrygate.common.open_files import raise_limit  # noqa: PLC0415  as above
    from ferrygate.common.paths import Home  # noqa: PLC0415  as above
    from ferrygate.common.secret_sources import read_secrets, secret_places  # noqa: PLC0415  as above

    _raise_interrupts(interrupts)
    raise_limit()  # of this program; where it is a library, that is the host's business
    arguments, clock = sys.argv[1:], SystemClock()
    try:
        home = Home.from_environment(os.environ)
    except FerrygateError as error:
        return _fail(error.problem, arguments, clock)
    facts = RunFacts(command_name(arguments))
    with logging_to(home.logs, log_level(os.environ), facts.line) as live_secrets:
        context = CommandContext(
            home=home,
            clock=clock,
            read_secrets=partial(read_secrets, sources),
            live_secrets=live_secrets,
            window=_window(home, clock, live_secrets),
            terminal=Terminal(clock),
            facts=facts,
            secret_places=partial(secret_places, sources),
        )
        return run(arguments, context)


def _raise_interrupts(interrupts: list[int]) -> None:
    """Have what ends the program raise KeyboardInterrupt from here on, and note its signal.

    A service that is stopped clears up as one that is interrupted, and so does a command whose
    terminal is gone.
    """
    from ferrygate.cli.interrupts import handle_ending_signals  # noqa: PLC0415  as above

    def interrupted(number: int, _frame: FrameType | None) -> None:
        interrupts.append(number)
        raise KeyboardInterrupt

    handle_ending_signals(interrupted)
    sys.unraisablehook = _raise_again


def _fail(problem: Problem, arguments: list[str], clock: Clock) -> int:
    """Say what is wrong where no command could be looked for; the exit status."""
    from ferrygate.cli.exit_codes import exit_for  # noqa: PLC0415  as above
    from ferrygate.cli.main import wants_json  # noqa: PLC0415  as above
    from ferrygate.cli.streams import guarded_output  # noqa: PLC0415  as above
    from ferrygate.cli.terminal import Terminal  # noqa: PLC0415  as above

    terminal = Terminal(clock)
    terminal.as_json = wants_json(arguments)
    with guarded_output():
        terminal.fail(problem)
    return exit_for(problem.kind)


def _raise_again(lost: sys.UnraisableHookArgs) -> None:
    """Interrupt once more where Python could not hand the interrupt on, and would only print it.

    A moment later: here it could not be handed on either.
    """
    import threading  # noqa: PLC0415  as above

    if lost.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(lost)
        return
    again = threading.Timer(_AGAIN_SECONDS, signal.raise_signal, (signal.SIGINT,))
    again.daemon = True
    again.start()


def _window(home: Home, clock: Clock, live_secrets: LiveSecrets) -> DesktopApp:
    """Give the desktop app, loaded when it is used."""
    from ferrygate.cli.command_context import DesktopApp  # noqa: PLC0415  as above

    def run(request: WindowRequest) -> int:
        _demand_screen()
        from ferrygate.app import main as app  # noqa: PLC0415  as above

        return app.run(_options(request, home, clock, live_secrets))

    def tour(request: WindowRequest, pictures: Path, root: Path) -> int:
        from ferrygate.common.environment import QT_PLATFORM_VARIABLE  # noqa: PLC0415  as above

        os.environ[QT_PLATFORM_VARIABLE] = _OFFSCREEN
        from ferrygate.app.automation.tour import run_tour  # noqa: PLC0415  once the platform is said

        return run_tour(_options(request, home, clock, live_secrets), pictures, root, print)

    def take_pictures(request: WindowRequest, folder: Path, screens: Path) -> int:
        from ferrygate.common.environment import QT_PLATFORM_VARIABLE  # noqa: PLC0415  as above

        os.environ[QT_PLATFORM_VARIABLE] = _OFFSCREEN
        from ferrygate.app.automation import readme_pictures, screen_gallery  # noqa: PLC0415  as above

        options = _options(request, home, clock, live_secrets)
        readme_pictures.take_pictures(options, folder)
        screen_gallery.take_screens(options.clock, screens)
        return 0

    return DesktopApp(run=run, tour=tour, take_pictures=take_pictures)


def _demand_screen() -> None:
    """Say so where there is no screen; Qt would abort the whole program."""
    from ferrygate.common.environment import has_screen  # noqa: PLC0415  as above
    from ferrygate.common.errors import UsageError  # noqa: PLC0415  as above
    from ferrygate.common.message import message  # noqa: PLC0415  as above

    if not has_screen(os.environ, sys.platform):
        raise UsageError(
            message("There is no screen here."),
            next_step=message("Use the command line: ferrygate --help"),
        )


def _options(
    request: WindowRequest, home: Home, clock: Clock, live_secrets: LiveSecrets
) -> AppOptions:
    from ferrygate.app.options import AppOptions  # noqa: PLC0415  as above
    from ferrygate.cli.interrupts import handle_ending_signals  # noqa: PLC0415  as above

    # Qt's loop would swallow KeyboardInterrupt; let these end the program instead.
    handle_ending_signals(signal.SIG_DFL)

    def make_engine(listener: Listener) -> Engine:
        import gc  # noqa: PLC0415  as above

        from ferrygate import bootstrap  # noqa: PLC0415  after the first paint
        from ferrygate.app.bridge.qt_garbage import collector_on_qt_thread  # noqa: PLC0415  as above
        from ferrygate.vault.keychain import open_vault  # noqa: PLC0415  as above
        from ferrygate.vault.memory import MemoryVault  # noqa: PLC0415  as above

        vault = MemoryVault if request.is_demo else open_vault
        engine = bootstrap.make_engine(
            listener,
            home,
            clock,
            vault,
            live_secrets,
            collect_garbage=collector_on_qt_thread(),
        )
        gc.freeze()  # what is loaded by now stays, and is not to be looked through
        return engine

    return AppOptions(
        home=home.prepare(),
        opened=request.opened,
        came_from=request.came_from,
        is_demo=request.is_demo,
        given=request.given,
        make_engine=make_engine,
        clock=clock,
    )


if __name__ == "__main__":
    sys.exit(main())
