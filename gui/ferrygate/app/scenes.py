"""The screens of setting up and signing in, each made by plain events.

Each scene returns words that its screen is known by; no picture is taken without them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ferrygate.app.presenters.refusal_presenter import Action
from ferrygate.app.presenters.sign_in_view import Form
from ferrygate.app.presenters.transfers_presenter import Tab
from ferrygate.app.stage import SITE, Stage
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.message import Message, message, plural_message
from ferrygate.common.secret import Secret
from ferrygate.engine import messages as m

Scene: TypeAlias = Callable[[Stage], str]

_BATCH = m.BatchId("5f0c6a1e9b7d2384")
_PASSWORD = Secret("correct horse")
_EXPORT = (
    "otpauth://totp/Acme:vendor7?secret=JBSWY3DPEHPK3PXP",
    "otpauth://totp/Example%20Bank:me?secret=JBSWY3DPEHPK3PXQ",
)


def _enrol(stage: Stage) -> str:
    stage.open()
    return _("Or drop a picture of the QR code here, or take it from")


def _enrol_wrong(stage: Stage) -> str:
    stage.open()
    stage.workspace.setup.take(["oktaverify://email/vendor7"])
    return _("This is for the Okta Verify app and holds no key that another program can use.")


def _enrol_choices(stage: Stage) -> str:
    stage.open()
    stage.workspace.setup.take(_EXPORT)
    return _("Several accounts were found. Which one is it?")


def _enrol_okta(stage: Stage) -> str:
    stage.open()
    stage.workspace.sign_in.turn_to_okta(wanted=True)
    return _("Use a key or a picture instead")


def _mismatch(stage: Stage) -> str:
    stage.give_code()
    stage.workspace.setup.take(["otpauth://totp/v?secret=JBSWY3DPEHPK3PXP&digits=8&period=60"])
    return stage.workspace.setup.view.mismatch


def _offer(stage: Stage) -> str:
    stage.offer()
    return _("Use this connection?")


def _spent(stage: Stage) -> str:
    stage.give_code(spent=True)
    return _before_value(_("Uses the next code, in {seconds} s. You never type a code here."))


def _refused(stage: Stage) -> str:
    stage.fail(
        Kind.SIGN_IN_REFUSED,
        message("The server refused the sign-in."),
        message(
            "Check your user name, your password and this computer's clock. If they are right,"
            " the code may be set up for another account, or used in another program just now."
        ),
    )
    return _("Ask Okta why")


def _consent(stage: Stage) -> str:
    _refused(stage)
    stage.workspace.refusal.choose(Action.ASK_OKTA)
    return _before_value(_("This sends your password to {okta} once, without a code."))


def _explained(stage: Stage) -> str:
    _consent(stage)
    stage.workspace.refusal.agree()
    return _("Your password is right. The server refused the code, or your account.")


def _breaker(stage: Stage) -> str:
    stage.fail(
        Kind.LOCK_OUT_BREAKER, _stopped(2), message("Check your password. Then try once more.")
    )
    return _("Try once more")


def _shut(stage: Stage) -> str:
    stage.fail(Kind.LOCK_OUT_SHUT, _stopped(4), message("Ask your contact to check your account."))
    return _("My account is well again")


def _shut_consent(stage: Stage) -> str:
    _shut(stage)
    stage.workspace.refusal.choose(Action.WELL_AGAIN)
    return _("Yes, reset it")


def _unknown_key(stage: Stage) -> str:
    stage.give_code()
    fingerprint = SITE.host_key_fingerprints[0]
    stage.workspace.handle(
        m.HostKeyQuestion(
            question=1, host=SITE.host, key_type="ssh-ed25519", fingerprint=fingerprint
        )
    )
    stage.driver.click(_("Details"))
    return "ssh-ed25519"


def _changed_key(stage: Stage) -> str:
    stage.fail(Kind.HOST_KEY_CHANGED, message("The server has changed."))
    return _("This is not the server it was")


def _changed_key_details(stage: Stage) -> str:
    _changed_key(stage)
    stage.driver.click(_("Details"))
    caption = _("Fingerprint of the new key, as given to you by {whom}")
    stage.driver.type_into(caption.format(whom=SITE.support.contact), "SHA256:wrong\n")
    return _("The server showed another fingerprint than this one. Do not sign in.")


def _refused_in_words(stage: Stage) -> str:
    """The server says why; what was pasted has a blank at its end."""
    stage.give_code()
    said = "Account suspended since 1 November.\nCall 555-0100 (Mo-Fr)."
    problem = Problem(
        kind=Kind.SIGN_IN_REFUSED,
        sentence=message("The server refused the sign-in."),
        next_step=message("Check your user name and password."),
        server_said=said,
    )
    stage.state(m.SessionState.OFFLINE, problem)
    stage.driver.paste_into(_("Password"), "correct horse ")
    return "Account suspended since 1 November."


def _drop_box(stage: Stage) -> str:
    """A folder that takes files and cannot be listed, after a file that the server refused."""
    stage.sign_in()
    stage.workspace.folder.open(b"/drop-box")
    refusal = Problem(
        kind=Kind.PERMISSION_DENIED,
        sentence=message("The server does not allow this for “{name}”.", name="drop-box"),
        next_step=message("Ask your contact about it, and tell them what the server says."),
        server_said="drop-box: listing is off. Send files, do not look for them.",
    )
    stage.fail_listing(refusal)
    view = m.BatchView(
        batch=_BATCH,
        direction=m.Direction.UPLOAD,
        name="plate-scans",
        sources=1,
        target="/drop-box",
        files_total=3,
        files_finished=3,
        files_delivered=2,
        bytes_total=6_310_000,
        finished=True,
        finished_at=stage.now,
        can_retry=True,
    )
    full = Problem(
        kind=Kind.NO_SPACE,
        sentence=message(
            "“{name}” does not fit into the space that the server allows you.", name="c.csv"
        ),
        next_step=message(
            "Remove files there that are no longer needed, or ask your contact for more space."
        ),
        server_said="Disk quota exceeded: 10.0 of 10.0 GB used by vendor7",
    )
    file = m.FileView(
        number=3,
        local="c.csv",
        remote=b"/drop-box/c.csv",
        state=m.TransferState.NEEDS_ATTENTION,
        problem=full,
    )
    stage.workspace.handle(m.BatchChanged(view=view))
    stage.workspace.handle(m.FileChanged(batch=_BATCH, view=file))
    stage.workspace.transfers.show(Tab.ATTENTION)
    return "Disk quota exceeded"


def _prompt(stage: Stage) -> str:
    text = _("Passcode, or leave empty for a push:")
    stage.give_code()
    stage.workspace.handle(
        m.PromptQuestion(
            question=1,
            text=text,
            echo=False,
            instruction=_("Welcome to Acme. Your sign-in needs a second step today."),
        )
    )
    return text


def _push(stage: Stage) -> str:
    stage.give_code()
    stage.workspace.sign_in.sign_in(Form(username=SITE.username, password=_PASSWORD))
    stage.state(m.SessionState.SIGNING_IN)
    words = _("Enter the number 42 in your authenticator app.")
    stage.workspace.handle(m.ServerSaid(words))
    return words


def _passphrase(stage: Stage) -> str:
    stage.fail(
        Kind.PASSPHRASE_MISSING,
        message("The private key is locked with a passphrase."),
        message("Enter the passphrase."),
    )
    return _("Passphrase of your private key")


def _waiting(stage: Stage) -> str:
    stage.give_code(spent=True)
    stage.workspace.sign_in.sign_in(Form(username=SITE.username, password=_PASSWORD))
    stage.state(m.SessionState.WAITING_FOR_CODE, wait=7)
    return _before_value(_("Waiting for a new code, {seconds} s"))


def _reconnecting(stage: Stage) -> str:
    stage.sign_in()
    _sending(stage)
    stage.state(m.SessionState.RECONNECTING, _lost(), 7)
    return _before_value(_("Reconnecting in {seconds} s"))


def _offline(stage: Stage) -> str:
    stage.sign_in()
    stage.state(m.SessionState.OFFLINE, _lost())
    return _("Offline")


def _copied(stage: Stage) -> str:
    stage.sign_in()
    words = _("Copied. Cleared in {seconds} s").format(seconds=12)
    stage.workspace.notices.say(words)
    stage.workspace.handle(m.Notice(problem=_keychain()))
    return words


def _sending(stage: Stage) -> None:
    view = m.BatchView(
        batch=_BATCH,
        direction=m.Direction.UPLOAD,
        name="sequencing-batch-18.fastq.gz",
        sources=1,
        target="/inbox",
        files_total=1,
        bytes_total=6_310_000_000,
        bytes_moved=2_400_000_000,
    )
    stage.workspace.handle(m.BatchChanged(view=view))


def _checking(stage: Stage) -> str:
    """Uploads that a line was lost under: they are delivered, and are asked about once more."""
    stage.sign_in()
    for title, count in [("a.csv", 1), ("plate-scans", 12)]:
        view = m.BatchView(
            batch=m.BatchId(title),
            direction=m.Direction.UPLOAD,
            name=title,
            sources=1,
            target="/inbox",
            files_total=count,
            files_late=count,
            late_until=stage.now + 330,
            bytes_total=6_310_000,
            bytes_moved=6_310_000,
        )
        stage.workspace.handle(m.BatchChanged(view=view))
    return _before_value(_("Delivered; asked again at {time}, because the line was lost."))


def _lost() -> Problem:
    return Problem(kind=Kind.CONNECTION_LOST, sentence=message("The server no longer answers."))


def _keychain() -> Problem:
    return Problem(
        kind=Kind.KEYCHAIN, sentence=message("The keychain is locked: nothing was kept.")
    )


def _before_value(template: str) -> str:
    """Return the words of a sentence that stand before the first value in it."""
    return template.partition("{")[0]


def _stopped(count: int) -> Message:
    return plural_message(
        "The last sign-in was refused. Nothing more was sent, so that your account is not locked.",
        "The last {count} sign-ins were refused. Nothing more was sent, so that your account is"
        " not locked.",
        count,
    )


SCENES: dict[str, Scene] = {
    "enrol": _enrol,
    "enrol-okta-verify": _enrol_wrong,
    "enrol-choices": _enrol_choices,
    "enrol-okta": _enrol_okta,
    "enrol-mismatch": _mismatch,
    "offer": _offer,
    "spent": _spent,
    "waiting": _waiting,
    "refused": _refused,
    "refused-consent": _consent,
    "refused-explained": _explained,
    "refused-in-words": _refused_in_words,
    "drop-box": _drop_box,
    "breaker": _breaker,
    "breaker-shut": _shut,
    "breaker-consent": _shut_consent,
    "unknown-key": _unknown_key,
    "changed-key": _changed_key,
    "changed-key-details": _changed_key_details,
    "prompt": _prompt,
    "push": _push,
    "passphrase": _passphrase,
    "reconnecting": _reconnecting,
    "offline": _offline,
    "copied": _copied,
    "checking": _checking,
}
