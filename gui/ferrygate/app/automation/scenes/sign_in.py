"""Play the screens of signing in: the offer of a connection file, waiting, refusals, prompts."""

from __future__ import annotations

from ferrygate.app.automation.scene_window import SITE, SceneWindow
from ferrygate.app.automation.scenes.scene import Scene, before_value
from ferrygate.app.presenters.sign_in_problem_presenter import Action
from ferrygate.app.presenters.sign_in_view import Form
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.message import Message, message, plural_message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.session import PromptQuestion, ServerSaid, SessionState
from ferrygate.sign_in.gate import Gate

_PASSWORD = Secret("correct horse")


def _welcome(window: SceneWindow) -> str:
    """Show the first start, after a connection file was saved from a mail."""
    name = "acme-exports.ferrygate"
    window.driver.wait_for("start", lambda: window.driver.shows(_("Welcome")))
    (window.downloads / name).write_text("format = 1\n", "utf-8")
    window.workspace.show_sites()
    window.driver.wait_for(name, lambda: bool(window.workspace.sites.view.arrived))
    return name


def _offer(window: SceneWindow) -> str:
    window.offer()
    return _("Use this connection?")


def _spent(window: SceneWindow) -> str:
    window.give_code(spent=True)
    return before_value(_("Uses the next code, in {seconds} s."))


def _waiting(window: SceneWindow) -> str:
    window.give_code(spent=True)
    window.workspace.sign_in.sign_in(Form(username=SITE.username, password=_PASSWORD))
    window.state(SessionState.WAITING_FOR_CODE, wait=7)
    return before_value(_("Waiting for a new code, {seconds} s"))


def _refused(window: SceneWindow) -> str:
    window.fail(
        Kind.SIGN_IN_REFUSED,
        message("The server refused the sign-in."),
        message(
            "Check your user name, your password and this computer's clock. If they are right,"
            " the code may be set up for another account, or used in another program just now."
        ),
    )
    return _("Ask Okta why")


def _consent(window: SceneWindow) -> str:
    _refused(window)
    window.workspace.sign_in_problem.choose(Action.ASK_OKTA)
    return before_value(_("This sends your password to {okta} once, without a code."))


def _explained(window: SceneWindow) -> str:
    _consent(window)
    window.workspace.sign_in_problem.agree()
    return _("Your password is right. The server refused the code, or your account.")


def _correction(window: SceneWindow) -> str:
    window.correct_codes(180)
    _refused(window)
    return _("Stop correcting codes")


def _refused_in_words(window: SceneWindow) -> str:
    """Show a refusal in the server's words, of a password with a blank at its end."""
    window.give_code()
    said = "Account suspended since 1 November.\nCall 555-0100 (Mo-Fr)."
    problem = Problem(
        kind=Kind.SIGN_IN_REFUSED,
        sentence=message("The server refused the sign-in."),
        next_step=message("Check your user name and password."),
        server_said=said,
    )
    window.state(SessionState.OFFLINE, problem)
    window.driver.paste_into(_("Password"), "correct horse ")
    return "Account suspended since 1 November."


def _refused_twice(window: SceneWindow) -> str:
    _refused(window)
    window.count(2, Gate.ASK)
    window.driver.type_into(_("Password"), "correct hrose")
    return _("Try once more")


def _refused_often(window: SceneWindow) -> str:
    window.open()
    window.give_code()
    window.count(4, Gate.SHUT)
    return _("Reset the lock")


def _caps_lock(window: SceneWindow) -> str:
    window.give_code()
    window.driver.type_into(_("Password"), "CORRECT HORSE")
    return _("Caps Lock is on.")


def _eye(window: SceneWindow) -> str:
    window.give_code()
    window.driver.type_into(_("Password"), "correct hrose")
    name = _("Show: {what}").format(what=_("Password"))
    window.driver.click(name)
    return name


def _breaker(window: SceneWindow) -> str:
    window.fail(
        Kind.LOCK_OUT_BREAKER, _stopped(2), message("Check your password. Then try once more.")
    )
    return _("Try once more")


def _shut(window: SceneWindow) -> str:
    window.fail(Kind.LOCK_OUT_SHUT, _stopped(4), message("Ask your contact to check your account."))
    return _("Reset the lock")


def _shut_consent(window: SceneWindow) -> str:
    _shut(window)
    window.workspace.sign_in_problem.choose(Action.RESET_LOCK)
    return _("Yes, reset it")


def _prompt(window: SceneWindow) -> str:
    text = _("Passcode, or leave empty for a push:")
    window.give_code()
    window.workspace.handle(
        PromptQuestion(
            question=1,
            text=text,
            echo=False,
            instruction=_("Welcome to Acme. Your sign-in needs a second step today."),
        )
    )
    return text


def _push(window: SceneWindow) -> str:
    window.give_code()
    window.workspace.sign_in.sign_in(Form(username=SITE.username, password=_PASSWORD))
    window.state(SessionState.SIGNING_IN)
    words = _("Enter the number 42 in your authenticator app.")
    window.workspace.handle(ServerSaid(words))
    return words


def _passphrase(window: SceneWindow) -> str:
    window.fail(
        Kind.PASSPHRASE_MISSING,
        message("The private key is locked with a passphrase."),
        message("Enter the passphrase."),
    )
    return _("Passphrase of your private key")


def _stopped(count: int) -> Message:
    return plural_message(
        "The last sign-in was refused. Nothing more was sent, so that your account is not locked.",
        "The last {count} sign-ins were refused. Nothing more was sent, so that your account is"
        " not locked.",
        count,
    )


SCENES: dict[str, Scene] = {
    "welcome": _welcome,
    "offer": _offer,
    "spent": _spent,
    "waiting": _waiting,
    "refused": _refused,
    "refused-consent": _consent,
    "refused-explained": _explained,
    "correction": _correction,
    "refused-in-words": _refused_in_words,
    "refused-twice": _refused_twice,
    "refused-often": _refused_often,
    "caps-lock": _caps_lock,
    "eye": _eye,
    "breaker": _breaker,
    "breaker-shut": _shut,
    "breaker-consent": _shut_consent,
    "prompt": _prompt,
    "push": _push,
    "passphrase": _passphrase,
}
