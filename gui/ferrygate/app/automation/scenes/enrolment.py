"""Play the screens on which a code is set up."""

from __future__ import annotations

from ferrygate.app.automation.scene_window import SceneWindow
from ferrygate.app.automation.scenes.scene import Scene
from ferrygate.common.i18n import _

_EXPORT = (
    "otpauth://totp/Acme:vendor7?secret=JBSWY3DPEHPK3PXP",
    "otpauth://totp/Example%20Bank:me?secret=JBSWY3DPEHPK3PXQ",
)


def _enrol(window: SceneWindow) -> str:
    window.open()
    return _("Drop a picture of your QR code here, or take it from")


def _enrol_wrong(window: SceneWindow) -> str:
    window.open()
    window.workspace.setup.take(["oktaverify://email/vendor7"])
    return _("This is for the Okta Verify app and holds no key that another program can use.")


def _enrol_choices(window: SceneWindow) -> str:
    window.open()
    window.workspace.setup.take(_EXPORT)
    return _("Several accounts were found. Which one is it?")


def _enrol_okta(window: SceneWindow) -> str:
    window.open()
    window.workspace.sign_in.turn_to_okta(wanted=True)
    return _("Use a key or a picture instead")


def _mismatch(window: SceneWindow) -> str:
    window.give_code()
    window.workspace.setup.take(["otpauth://totp/v?secret=JBSWY3DPEHPK3PXP&digits=8&period=60"])
    return window.workspace.setup.view.mismatch


SCENES: dict[str, Scene] = {
    "enrol": _enrol,
    "enrol-okta-verify": _enrol_wrong,
    "enrol-choices": _enrol_choices,
    "enrol-okta": _enrol_okta,
    "enrol-mismatch": _mismatch,
}
