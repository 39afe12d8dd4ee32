"""Collect every scene, by the name of its pictures."""

from __future__ import annotations

from ferrygate.app.automation.scenes import (
    checks,
    conflicts,
    drops,
    enrolment,
    host_keys,
    leaving,
    session,
    sign_in,
    transfers,
    typed_codes,
)
from ferrygate.app.automation.scenes.scene import Scene

SCENES: dict[str, Scene] = {
    **enrolment.SCENES,
    **sign_in.SCENES,
    **host_keys.SCENES,
    **session.SCENES,
    **transfers.SCENES,
    **conflicts.SCENES,
    **typed_codes.SCENES,
    **drops.SCENES,
    **leaving.SCENES,
    **checks.SCENES,
}
