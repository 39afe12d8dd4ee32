"""One table of passwords, by every way in: each loses its one line end and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from ferrygate.api.arguments import secret as api_secret
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.secret_field import SecretField
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.cli.command_context import CommandContext, DesktopApp
from ferrygate.cli.command_secrets import use_secrets
from ferrygate.cli.terminal import Terminal
from ferrygate.common.environment import GivenSecrets, take_secrets
from ferrygate.common.errors import UsageError
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.message import message
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.common.secret_sources import read_secrets
from ferrygate.common.secret_text import unseen_ends
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.session import SecretsChanged, SignIn
from ferrygate.engine.session.session_secrets import SessionSecrets
from ferrygate.sites.known_hosts import KnownHosts
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding
from support.fake_clock import ManualClock
from support.secret_cases import CASES, SecretCase

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.conftest import Rig

pytestmark = pytest.mark.gui

SITE = Site(name="s", host="h.example", username="v", sign_in=SignInSettings(join="{password}"))
BY_BOTH = Site(
    name="s", host="h", sign_in=SignInSettings(steps=("publickey", "password"), join="{password}")
)

Way = Callable[[str, Path], Secret | None]


def by_variable(text: str, _folder: Path) -> Secret | None:
    return read_secrets(take_secrets({"FERRYGATE_PASSWORD": text})).password


def by_file(text: str, folder: Path) -> Secret | None:
    path = folder / "pw"
    path.write_bytes(text.encode())
    path.chmod(0o600)
    return read_secrets(take_secrets({"FERRYGATE_PASSWORD_FILE": str(path)})).password


def by_file_of_the_passphrase(text: str, folder: Path) -> Secret | None:
    path = folder / "pp"
    path.write_bytes(text.encode())
    path.chmod(0o600)
    return read_secrets(take_secrets({"FERRYGATE_PASSPHRASE_FILE": str(path)})).passphrase


def by_credentials(text: str, folder: Path) -> Secret | None:
    (folder / "ferrygate.password").write_bytes(text.encode())
    return read_secrets(take_secrets({"CREDENTIALS_DIRECTORY": str(folder)})).password


def by_program(text: str, _folder: Path) -> Secret | None:
    return api_secret("password", text)


def by_keychain(text: str, folder: Path) -> Secret | None:
    vault = MemoryVault()
    binding = Binding(host=SITE.host, port=SITE.port, username=SITE.username)
    vault.write(SecretKind.PASSWORD, binding, Secret(text))
    told: list[SecretsChanged] = []
    known = KnownHosts(folder / "known")
    secrets = SessionSecrets(lambda: vault, known, LiveSecrets(), told.append)
    found = secrets.look_up(SITE, None)
    if found.credentials.password is None:
        raise UsageError(found.note or message("none"))
    return found.credentials.password


WAYS: list[Way] = [
    by_variable,
    by_file,
    by_file_of_the_passphrase,
    by_credentials,
    by_program,
    by_keychain,
]


@pytest.mark.parametrize("way", WAYS)
def test_a_password_loses_its_one_line_end_and_nothing_else(way: Way, tmp_path: Path) -> None:
    for case in CASES:
        if case.sent is None:
            with pytest.raises(UsageError, match="more than one line"):
                way(case.given, tmp_path)
        else:
            found = way(case.given, tmp_path)
            assert found == Secret(case.sent), case
            assert case.named in str(unseen_ends(found, "It") or "")
            assert bool(case.named) == bool(unseen_ends(found, "It")), case


class TypedTerminal(Terminal):
    """A terminal with a person who types one text."""

    def __init__(self, text: str) -> None:
        super().__init__(ManualClock())
        self._text = text

    @property
    def is_interactive(self) -> bool:
        return True

    def ask_secret(self, question: str) -> Secret:  # noqa: ARG002  the terminal's
        return Secret(self._text)


def used_by_command(terminal: Terminal, given: GivenSecrets, folder: Path) -> dict[str, Secret]:
    """Give the secrets that a command uses, of those it was given or a person types."""
    used: dict[str, Secret] = {}
    session: Any = SimpleNamespace(
        site=Site(
            name="s",
            host="h",
            sign_in=SignInSettings(steps=("publickey", "password"), join="{password}"),
        ),
        at_hand=SimpleNamespace(has_password=False, has_code_secret=False),
        use_password=lambda secret: used.update(password=secret),
        use_passphrase=lambda secret: used.update(passphrase=secret),
    )

    def unused(*_given: object) -> int:
        raise AssertionError

    context = CommandContext(
        home=Home(folder),
        clock=ManualClock(),
        read_secrets=lambda: given,
        live_secrets=LiveSecrets(),
        window=DesktopApp(run=unused, tour=unused, take_pictures=unused),
        terminal=terminal,
    )
    use_secrets(context, session)
    return used


def test_a_password_typed_on_a_terminal_is_used_so_and_its_ends_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for case in CASES:
        terminal = TypedTerminal(case.given)
        if case.sent is None:
            with pytest.raises(UsageError, match="more than one line"):
                used_by_command(terminal, GivenSecrets(), tmp_path)
            continue
        assert used_by_command(terminal, GivenSecrets(), tmp_path) == {
            "password": Secret(case.sent)
        }
        said = capsys.readouterr().err
        assert case.named in said
        assert bool(case.named) == bool(said), case


def test_a_command_warns_programs_of_each_secret_with_unseen_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal(ManualClock())
    terminal.as_json = True
    given = GivenSecrets(password=Secret("pw "), passphrase=Secret("\topen"))
    used = used_by_command(terminal, given, tmp_path)
    assert used == {"password": Secret("pw "), "passphrase": Secret("\topen")}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["event"], line["code"], line["sentence"]) for line in lines] == [
        (
            "warning",
            "invisible-characters",
            "The passphrase of the private key begins with a tab, which nobody can see.",
        ),
        ("warning", "invisible-characters", "The password ends in a space, which nobody can see."),
    ]


class Typist:
    """A field of the window, and hands."""

    def __init__(self, qtbot: QtBot) -> None:
        self.theme = Theme(QGuiApplication.instance(), Qt.ColorScheme.Light)  # type: ignore[arg-type]
        self.field = SecretField(self.theme, message("Your password"), "Password")
        qtbot.addWidget(self.field)
        self.field.show()

    def paste(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.field.edit.selectAll()
        self.field.edit.paste()

    def type(self, text: str) -> None:
        self.field.edit.clear()
        QTest.keyClicks(self.field.edit, text)

    @property
    def note(self) -> str:
        """Read the words below the line."""
        (_caption, *notes) = [x for x in self.field.findChildren(QLabel) if x.wordWrap()]
        return "".join(words.text() for words in notes if words.isVisible())

    @property
    def remove(self) -> ThemedButton | None:
        links = self.field.findChildren(ThemedButton)
        (button,) = [link for link in links if link.text() == "Remove it"]
        return button if button.isVisible() else None


@pytest.fixture
def typist(qtbot: QtBot) -> Typist:
    return Typist(qtbot)


def test_a_password_pasted_into_the_window_is_used_so_and_its_ends_are_said(
    typist: Typist,
) -> None:
    for case in CASES:
        if "\ufeff" in case.given:  # Qt leaves it out where a text begins with it
            continue
        typist.field.clear()
        typist.paste(case.given)
        if case.sent is None:
            assert "more than one line" in typist.note, case
            assert typist.remove is None
            assert not typist.field.confirm()
            assert not typist.field.confirm()  # however often it is tried
        else:
            assert case.named in typist.note
            assert bool(case.named) == bool(typist.note) == bool(typist.remove), case
            assert typist.field.confirm()
            assert typist.field.secret == Secret(case.sent), case


@pytest.mark.parametrize("case", [case for case in CASES if case.named][:3])
def test_what_was_typed_is_held_once_and_said(typist: Typist, case: SecretCase) -> None:
    typist.type(case.sent or "")
    assert typist.note == ""  # more may follow
    assert not typist.field.confirm()
    assert case.named in typist.note
    assert typist.field.confirm()
    assert typist.field.secret == Secret(case.sent or "")


def test_another_text_is_said_again(typist: Typist) -> None:
    typist.type("pw ")
    assert not typist.field.confirm()
    typist.type("pw2 ")
    assert typist.note == ""
    assert not typist.field.confirm()
    typist.type("pw2")
    assert typist.field.confirm()


def test_what_nobody_sees_is_removed_by_a_click(typist: Typist) -> None:
    typist.paste("\t pass word \u200b")
    assert typist.remove is not None
    QTest.mouseClick(typist.remove, Qt.MouseButton.LeftButton)
    assert typist.note == ""
    assert typist.field.confirm()
    assert typist.field.secret == Secret("pass word")


# ---------------------------------------------------------------- in the sign-in card


def sent(rig: Rig, kind: type[Command]) -> list[Command]:
    return [command for command in rig.engine.commands if isinstance(command, kind)]


def test_a_typed_password_with_a_blank_at_its_end_is_named_once_and_then_sent(rig: Rig) -> None:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    rig.driver.type_into("Password", "pw \n")
    note = "Your password ends in a space, which nobody can see."
    assert [label for label in rig.window.findChildren(QLabel) if label.text() == note]
    assert not sent(rig, SignIn)
    rig.driver.click("Sign in")
    rig.driver.wait_for_folder(b"/")
    (used,) = sent(rig, SignIn)
    assert isinstance(used, SignIn)
    assert used.typed.password == Secret("pw ")


def test_a_pasted_password_of_two_lines_is_never_sent(rig: Rig) -> None:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    QGuiApplication.clipboard().setText("pw\nmore")
    field = rig.window.sign_in.fields.password.edit
    field.paste()
    for _time in range(2):
        rig.driver.click("Sign in")
    assert not sent(rig, SignIn)


def test_a_pasted_line_end_is_left_out(rig: Rig) -> None:
    rig.driver.wait_for("code", lambda: rig.workspace.sign_in.view.shows_code)
    QGuiApplication.clipboard().setText("correct horse\r\n")
    rig.window.sign_in.fields.password.edit.paste()
    rig.driver.click("Sign in")
    rig.driver.wait_for_folder(b"/")
    (used,) = sent(rig, SignIn)
    assert isinstance(used, SignIn)
    assert used.typed.password == Secret("correct horse")
