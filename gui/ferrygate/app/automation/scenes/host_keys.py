"""Play the screens on which a person meets a new or a changed server."""

from __future__ import annotations

from ferrygate.app.automation.scene_window import SITE, SceneWindow
from ferrygate.app.automation.scenes.scene import Scene
from ferrygate.common.errors import Kind
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.engine.messages.session import HostKeyQuestion


def _unknown_key(window: SceneWindow) -> str:
    window.give_code()
    fingerprint = SITE.host_key_fingerprints[0]
    window.workspace.handle(
        HostKeyQuestion(question=1, host=SITE.host, key_type="ssh-ed25519", fingerprint=fingerprint)
    )
    window.driver.click(_("Show the fingerprint"))
    return "ssh-ed25519"


def _changed_key(window: SceneWindow) -> str:
    window.fail(Kind.HOST_KEY_CHANGED, message("The server has changed."))
    return _("This is not the server it was")


def _changed_key_details(window: SceneWindow) -> str:
    _changed_key(window)
    window.driver.click(_("Details"))
    caption = _("Fingerprint of the new key, as given to you by {whom}")
    window.driver.type_into(caption.format(whom=SITE.support.contact), "SHA256:wrong\n")
    return _("The server showed another fingerprint than this one. Do not sign in.")


SCENES: dict[str, Scene] = {
    "unknown-key": _unknown_key,
    "changed-key": _changed_key,
    "changed-key-details": _changed_key_details,
}
