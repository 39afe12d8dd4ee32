"""Play the screens of signing in: the offer of a connection file, waiting, refusals, prompts."""

from __future__ import annotations

from ferrygate.app.automation.scene_window import SITE, SceneWindow
from ferrygate.app.automation.scenes.scene import Scene, before_value
from ferrygate.app.presenters.refusal_presenter import Action
from ferrygate.app.presenters.sign_in_view import Form
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.message import Message, message, plural_message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.session import PromptQuestion, ServerSaid, SessionState
from ferrygate.sign_in.gate import Gate

_PASSWORD = Secret("correct horse")


def _welcome(stage: SceneWindow) -> str:
    """The first start, after a connection file was saved from a mail."""
    name = "acme-exports.ferrygate"
    stage.driver.wait_for("start", lambda: stage.driver.shows(_("Welcome")))
    (stage.downloads / name).write_text("format = 1\n", "utf-8")
    stage.workspace.show_sites()
    stage.driver.wait_for(name, lambda: bool(stage.workspace.sites.view.arrived))
    return name


def _offer(stage: SceneWindow) -> str:
    stage.offer()
    return _("Use this connection?")


def _spent(stage: SceneWindow) -> str:
    stage.give_code(spent=True)
    return before_value(_("Uses the next code, in {seconds} s."))


def _waiting(stage: SceneWindow) -> str:
    stage.give_code(spent=True)
    stage.workspace.sign_in.sign_in(Form(username=SITE.username, password=_PASSWORD))
    stage.state(SessionState.WAITING_FOR_CODE, wait=7)
    return before_value(_("Waiting for a new code, {seconds} s"))


def _refused(stage: SceneWindow) -> str:
    stage.fail(
        Kind.SIGN_IN_REFUSED,
        message("The server refused the sign-in."),
        message(
            "Check your user name, your password and this computer's clock. If they are right,"
            " the code may be set up for another account, or used in another program just now."
        ),
    )
    return _("Ask Okta why")


def _consent(stage: SceneWindow) -> str:
    _refused(stage)
    stage.workspace.refusal.choose(Action.ASK_OKTA)
    return before_value(_("This sends your password to {okta} once, without a code."))


def _explained(stage: SceneWindow) -> str:
    _consent(stage)
    stage.workspace.refusal.agree()
    return _("Your password is right. The server refused the code, or your account.")


def _correction(stage: SceneWindow) -> str:
    stage.correct_codes(180)
    _refused(stage)
    return _("Stop correcting codes")


def _refused_in_words(stage: SceneWindow) -> str:
    """The server says why; what was pasted has a blank at its end."""
    stage.give_code()
    said = "Account suspended since 1 November.\nCall 555-0100 (Mo-Fr)."
    problem = Problem(
        kind=Kind.SIGN_IN_REFUSED,
        sentence=message("The server refused the sign-in."),
        next_step=message("Check your user name and password."),
        server_said=said,
    )
    stage.state(SessionState.OFFLINE, problem)
    stage.driver.paste_into(_("Password"), "correct horse ")
    return "Account suspended since 1 November."


def _refused_twice(stage: SceneWindow) -> str:
    _refused(stage)
    stage.count(2, Gate.ASK)
    stage.driver.type_into(_("Password"), "correct hrose")
    return _("Try once more")


def _refused_often(stage: SceneWindow) -> str:
    stage.open()
    stage.give_code()
    stage.count(4, Gate.SHUT)
    return _("Reset the lock")


def _caps_lock(stage: SceneWindow) -> str:
    stage.give_code()
    stage.driver.type_into(_("Password"), "CORRECT HORSE")
    return _("Caps Lock is on.")


def _eye(stage: SceneWindow) -> str:
    stage.give_code()
    stage.driver.type_into(_("Password"), "correct hrose")
    name = _("Show: {what}").format(what=_("Password"))
    stage.driver.click(name)
    return name


def _breaker(stage: SceneWindow) -> str:
    stage.fail(
        Kind.LOCK_OUT_BREAKER, _stopped(2), message("Check your password. Then try once more.")
    )
    return _("Try once more")


def _shut(stage: SceneWindow) -> str:
    stage.fail(Kind.LOCK_OUT_SHUT, _stopped(4), message("Ask your contact to check your account."))
    return _("Reset the lock")


def _shut_consent(stage: SceneWindow) -> str:
    _shut(stage)
    stage.workspace.refusal.choose(Action.RESET_LOCK)
    return _("Yes, reset it")


def _prompt(stage: SceneWindow) -> str:
    text = _("Passcode, or leave empty for a push:")
    stage.give_code()
    stage.workspace.handle(
        PromptQuestion(
            question=1,
            text=text,
            echo=False,
            instruction=_("Welcome to Acme. Your sign-in needs a second step today."),
        )
    )
    return text


def _push(stage: SceneWindow) -> str:
    stage.give_code()
    stage.workspace.sign_in.sign_in(Form(username=SITE.username, password=_PASSWORD))
    stage.state(SessionState.SIGNING_IN)
    words = _("Enter the number 42 in your authenticator app.")
    stage.workspace.handle(ServerSaid(words))
    return words


def _passphrase(stage: SceneWindow) -> str:
    stage.fail(
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
