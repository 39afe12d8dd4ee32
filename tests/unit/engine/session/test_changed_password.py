"""A password that the person changes on the way in is not used again, here or from the keychain."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ferrygate.common.secret import Secret, SecretKind
from ferrygate.engine.messages.event import Done, Event
from ferrygate.engine.messages.session import (
    AnswerHostKey,
    AnswerPrompt,
    HostKeyQuestion,
    OpenSite,
    PromptQuestion,
    SecretsChanged,
    SignIn,
    UsePassword,
)
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding
from servers.rigs.asking import asking_server
from servers.rigs.server_process import HOST
from support.engine_rig import EngineRig
from support.fake_clock import WallClock

ROUNDS = [
    ("", [("Password: ", False)]),
    ("Your password has expired.", [("New password: ", False), ("Retype new password: ", False)]),
]


def _asks(number: int, event: Event) -> bool:
    return isinstance(event, PromptQuestion) and event.question == number


def test_a_changed_password_is_forgotten(tmp_path: Path, clock: WallClock) -> None:
    vault = MemoryVault()
    rig = EngineRig(tmp_path, clock, lambda: vault)
    with asking_server(ROUNDS) as asked:
        site = Site(
            name="s",
            host=HOST,
            port=asked.port,
            username="v",
            sign_in=SignInSettings(steps=("keyboard-interactive",)),
        )
        binding = Binding(host=site.host, port=site.port, username=site.username)
        rig.do(OpenSite, site)
        vault.write(SecretKind.PASSWORD, binding, Secret("old"))
        rig.do(UsePassword, Secret("old"), save=True)
        request = rig.send(SignIn)
        rig.listener.wait(lambda event: isinstance(event, HostKeyQuestion))
        rig.engine.send(AnswerHostKey(1, accept=True))
        for number in (2, 3):
            rig.listener.wait(partial(_asks, number))
            rig.engine.send(AnswerPrompt(number, Secret("new")))
        assert isinstance(rig.end_of(request), Done)
        assert asked.answers == [["old"], ["new", "new"]]
        assert vault.read(SecretKind.PASSWORD, binding) is None
        told = [change.has_password for change in rig.listener.all(SecretsChanged)]
        assert told[-2:] == [True, False]
        rig.close()
