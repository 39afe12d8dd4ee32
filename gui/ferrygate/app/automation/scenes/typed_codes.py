"""Play the screens on which a code is typed, and those of an address that was."""

from __future__ import annotations

from ferrygate.app.automation.scene_window import SITE, SceneWindow
from ferrygate.app.automation.scenes.scene import Scene, start_sending
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.engine.messages.codes import CodeChanged
from ferrygate.engine.messages.session import CodeQuestion, SessionState
from ferrygate.sites.site import Site

_TYPED = Site(name="sftp.example.org", host="sftp.example.org", username="vendor7")


def _type_code(window: SceneWindow) -> str:
    window.open()
    window.workspace.sign_in.type_code(wanted=True)
    window.driver.type_into(_("Password"), "correct horse")
    window.driver.type_into(_("Code from your phone or token"), "482 916")
    return _("A code is good for one sign-in, and is not kept.")


def _code_used(window: SceneWindow) -> str:
    window.open()
    window.workspace.sign_in.type_code(wanted=True)
    window.driver.type_into(_("Password"), "correct horse")
    window.driver.type_into(_("Code from your phone or token"), "482916\n")
    _ask(window, used=True, goes_on=False)
    return _("Code from your phone or token")


def _next_code(window: SceneWindow) -> str:
    window.sign_in()
    window.workspace.handle(CodeChanged(code=None))
    start_sending(window)
    _ask(window, used=False, goes_on=True)
    return _("Type the next code to go on")


def _next_code_used(window: SceneWindow) -> str:
    _next_code(window)
    _ask(window, used=True, goes_on=True)
    return _("That code was used already.")


def _typed_site(window: SceneWindow) -> str:
    window.type_address(_TYPED.host)
    return _("I have no code")


def _no_code(window: SceneWindow) -> str:
    _typed_site(window)
    window.workspace.sign_in.go_without_code(wanted=True)
    return _("This site wants no code.")


def _port(window: SceneWindow) -> str:
    window.driver.type_into(_("Or the server's address"), "sftp.example.org")
    window.driver.type_into(_("Port"), "2222")
    return _("Port")


def _wrong_address(window: SceneWindow) -> str:
    window.driver.type_into(_("Or the server's address"), "sftp.example.org:70000")
    window.driver.click(_("Continue"))
    return _("Port")


def _ask(window: SceneWindow, *, used: bool, goes_on: bool) -> None:
    problem = Problem(
        kind=Kind.CODE_NEEDED,
        sentence=message("That code was used already."),
        next_step=message("Type the next one."),
    )
    window.state(SessionState.ASKING_FOR_CODE)
    window.workspace.handle(
        CodeQuestion(
            question=2 if used else 1,
            digits=SITE.sign_in.digits,
            goes_on=goes_on,
            problem=problem if used else None,
        )
    )


SCENES: dict[str, Scene] = {
    "type-code": _type_code,
    "code-used": _code_used,
    "next-code": _next_code,
    "next-code-used": _next_code_used,
    "typed-site": _typed_site,
    "no-code": _no_code,
    "address-port": _port,
    "address-wrong": _wrong_address,
}
