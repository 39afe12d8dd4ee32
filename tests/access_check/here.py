"""Lists situations whose cause lies at the caller's computer, or in the connection file."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec

from access_check.openssh_setups import NO_SECRETS, by_protected_key, on_openssh
from access_check.sandbox_setups import NOW, on_sandbox, with_username
from access_check.situation import Setup, Situation, a_site
from access_check.ssh_setups import PINS, on_script, refuses
from ferrygate.access_check.stages import Party, Stage, StageOutcome
from ferrygate.common.clock import SystemClock
from ferrygate.common.paths import Home
from ferrygate.common.processes import SystemProcesses
from ferrygate.sign_in.ledger import End, Ledger
from ferrygate.sites.connection_file import format_connection_file
from ferrygate.sites.site import SignInSettings, Site
from support.fake_clock import WallClock


def _without_pins(site: Site) -> Site:
    return msgspec.structs.replace(site, host_key_fingerprints=())


@contextmanager
def on_file(_folder: Path, *, spoil: Callable[[str], str]) -> Iterator[Setup]:
    """Hand out a connection file that is spoiled; there is no server."""
    site = a_site("sftp.example.org", host_key_fingerprints=PINS)
    yield Setup(site=site, text=spoil(format_connection_file(site)))


def _block_home(home: Home, _site: Site) -> None:
    home.root.write_text("a file in the place of the folder", encoding="utf-8")


def refused_before(count: int) -> Callable[[Home, Site], None]:
    """Have so many sign-ins in a row be refused before."""

    def prepare(home: Home, site: Site) -> None:
        home.prepare()
        ledger = Ledger(home.ledger, SystemClock(), SystemProcesses(), secrets.token_bytes)
        for _time in range(count):
            lease = ledger.admit(site.account, try_anyway=True).lease
            assert lease is not None
            ledger.finish(lease, End.REFUSED)

    return prepare


HERE = [
    Situation(
        name="a connection file that was changed",
        caller="The file you sent me does not open.",
        cause="The connection file was changed or damaged on its way.",
        advice="Send them the file again, as an attachment.",
        build=partial(on_file, spoil=lambda text: text.replace("username", "user name")),
        stage=Stage.SETTINGS,
        sentence="“{file}”, line 4: this line is not written as it has to be.",
        who=Party.CONTACT,
        status=2,
    ),
    Situation(
        name="a password in the connection file",
        caller="I put my password into the file, and now nothing works.",
        cause="A connection file holds no secrets, and is not used with one in it.",
        advice="Send them the file anew, and have them change the password that was in it.",
        build=partial(on_file, spoil=lambda text: f'password = "x"\n{text}'),
        stage=Stage.SETTINGS,
        sentence="“{file}”, line 1: “password” holds a secret, which must not stand in a connection"
        " file.",
        who=Party.CONTACT,
        status=2,
    ),
    Situation(
        name="no user name",
        caller="It asks for a user name that I do not have.",
        cause="The connection file names no user, and none was entered.",
        advice="Tell them their user name, or send a file that has it.",
        build=partial(on_sandbox, change=with_username("")),
        stage=Stage.SETTINGS,
        sentence="The user name is missing.",
        who=Party.YOU,
        then=Party.CONTACT,
        status=2,
    ),
    Situation(
        name="a file without fingerprint",
        caller="It asks me whether this is the right server.",
        cause="The connection file names no fingerprint, so nobody vouches for the server.",
        advice="Send them a file with the fingerprint, or read it to them.",
        build=partial(on_sandbox, change=_without_pins),
        stage=Stage.HOST_KEY,
        sentence="Nobody has confirmed yet that {host} is the right server.",
        who=Party.CONTACT,
        status=4,
    ),
    Situation(
        name="a home that cannot be written",
        caller="It stops before anything happens.",
        cause="Ferrygate cannot write its own files on this computer.",
        advice="Have them free or change the folder that is named.",
        build=partial(on_sandbox, prepare=_block_home),
        stage=Stage.HOME,
        sentence="Ferrygate cannot keep its files in “{home}”.",
        who=Party.YOU,
        status=2,
    ),
    Situation(
        name="no keychain",
        caller="It forgets my password every time.",
        cause="The computer has no keychain, or it is locked.",
        advice="Have them unlock the keychain, or sign in to their desktop as usual.",
        build=partial(on_sandbox, given=NO_SECRETS),
        stage=Stage.HOME,
        outcome=StageOutcome.WARNED,
        sentence="There is no keychain on this computer. Your password and your code set-up are"
        " kept until you sign out.",
        who=Party.YOU,
        status=0,
    ),
    Situation(
        name="no password and no key for codes at hand",
        caller="The nightly job stopped working.",
        cause="Password or key for the codes is not saved, and nobody is there to be asked.",
        advice="Have them save both, or set the variables that are named.",
        build=partial(on_sandbox, given=NO_SECRETS),
        options=("--sign-in",),
        stage=Stage.SECRETS,
        sentence="Neither your password nor your code is at hand.",
        who=Party.YOU,
        status=2,
    ),
    Situation(
        name="a private key that is not there",
        caller="It says something about a key.",
        cause="The private key that the file names is not on this computer.",
        advice="Have them copy the key to that place, or send a file with the right one.",
        build=partial(
            on_script,
            order=refuses,
            sign_in=SignInSettings(steps=("publickey",), private_key="~/no-such-key"),
        ),
        options=("--sign-in",),
        stage=Stage.SECRETS,
        sentence="The private key “~/no-such-key” is not there, or may not be read.",
        who=Party.YOU,
        status=2,
    ),
    Situation(
        name="a passphrase that nobody enters",
        caller="The nightly job stopped when I protected my key.",
        cause="The private key needs a passphrase, and nobody is there to be asked.",
        advice="Have them name a file that holds it: FERRYGATE_PASSPHRASE_FILE.",
        build=partial(on_openssh, sign_in=by_protected_key),
        options=("--sign-in",),
        stage=Stage.SECRETS,
        sentence="The private key “id_ed25519” needs its passphrase.",
        who=Party.YOU,
        status=2,
    ),
    Situation(
        name="two refusals before",
        caller="It does not even try any more.",
        cause="The last two sign-ins were refused. Another one might lock the account.",
        advice="Find out why they were refused: check the password, and the account at Okta. Then"
        " one more try.",
        build=partial(on_script, order=refuses, prepare=refused_before(2)),
        stage=Stage.BREAKER,
        sentence="The last 2 sign-ins were refused. The next one is stopped, so that your account"
        " is not locked.",
        who=Party.YOU,
        status=6,
    ),
    Situation(
        name="four refusals before",
        caller="It says my account is protected, and I cannot go on.",
        cause="Four sign-ins in a row were refused. The fifth may lock the account at Okta.",
        advice="Look at the account at Okta first. Then have them reset the lock for this site.",
        build=partial(on_script, order=refuses, prepare=refused_before(4)),
        stage=Stage.BREAKER,
        sentence="The last 4 sign-ins were refused. The next one is stopped, so that your account"
        " is not locked.",
        who=Party.CONTACT,
        status=6,
    ),
    Situation(
        name="a clock three minutes ahead",
        caller="My code is refused, though it is the right one.",
        cause="The computer's clock is wrong, so its codes are wrong.",
        advice="Have them set the clock to be set by itself.",
        build=partial(on_sandbox, clock=WallClock(NOW + 180)),
        options=("--sign-in",),
        stage=Stage.CLOCK,
        sentence="This computer's clock is 3 min ahead of Okta's.",
        who=Party.YOU,
        status=3,
    ),
    Situation(
        name="a clock twenty seconds behind",
        caller="It works sometimes.",
        cause="The computer's clock is off by some seconds, and gets worse.",
        advice="Have them set the clock to be set by itself.",
        build=partial(on_sandbox, clock=WallClock(NOW - 20)),
        stage=Stage.CLOCK,
        outcome=StageOutcome.WARNED,
        sentence="This computer's clock is 20 s behind Okta's.",
        who=Party.YOU,
        status=0,
    ),
]
