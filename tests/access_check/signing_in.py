"""Lists situations in which the right server refuses the sign-in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from access_check.openssh_setups import by_other_key, on_openssh, on_openssh_otp
from access_check.sandbox_setups import on_sandbox, use_up_codes, with_username, without_okta
from access_check.situation import CODE_SECRET, PASSWORD, Situation
from access_check.ssh_setups import (
    hangs_up_at_password,
    has_too_many_failures,
    on_expired_password,
    on_prompt,
    on_script,
    refuses_with_banner,
)
from ferrygate.access_check.stages import Cause, Party, Stage
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.secret import Secret
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sandbox.settings import Settings
from ferrygate.sites.site import Site

_WRONG_PASSWORD = GivenSecrets(password=Secret("wrong horse"), totp_secret=CODE_SECRET.key)
_OTHER_SECRET = Secret("KRSXG5CTMVRXEZLU")
_SIGN_IN = ("--sign-in",)
_EXPLAINED = ("--sign-in", "--explain")
_REFUSED = "The server refused the sign-in."
_CODE_OR_ACCOUNT = "Your password is right. The server refused the code, or your account."
_WRONG_OR_LOCKED = "Your password is wrong, or your account is locked. Okta does not say which."


def _refuse_all(box: Sandbox) -> None:
    box.faults.refuse_sign_ins = True


def _limit_requests(box: Sandbox) -> None:
    box.organization.switches.rate_limited = True


def _state(name: str) -> Callable[[Site], Site]:
    """Use the account that the local Okta has in this state."""
    return with_username(f"{name}@sandbox.example")


REFUSED_BY_OKTA = [
    Situation(
        name="the wrong password",
        caller="It says refused. I am sure about my password.",
        cause="The password is wrong, or the account is locked: Okta tells nobody which.",
        question="Is it another password than the one they use in the browser?",
        advice="Look at the account at Okta. Have them sign in to Okta in the browser.",
        build=partial(on_sandbox, given=_WRONG_PASSWORD),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence=_WRONG_OR_LOCKED,
        truth=Cause.PASSWORD_WRONG,
        who=Party.YOU,
        then=Party.CONTACT,
        status=3,
    ),
    Situation(
        name="a locked account that Okta hides",
        caller="Yesterday I mistyped some times, now the right one is refused too.",
        cause="The account is locked at Okta, which says the same as for a wrong password.",
        question="Does Okta's list of people show the account as locked?",
        advice="Unlock the account at Okta.",
        build=partial(on_sandbox, change=_state("locked")),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence=_WRONG_OR_LOCKED,
        truth=Cause.ACCOUNT_LOCKED,
        who=Party.YOU,
        then=Party.CONTACT,
        status=3,
    ),
    Situation(
        name="the wrong user name",
        caller="I am new here, and it does not let me in.",
        cause="Okta knows no such user, and says the same as for a wrong password.",
        question="Is the user name another than the one at Okta, letter by letter?",
        advice="Compare the user name letter by letter.",
        build=partial(on_sandbox, change=with_username("vendor8")),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence=_WRONG_OR_LOCKED,
        truth=Cause.USER_WRONG,
        who=Party.YOU,
        status=3,
    ),
    Situation(
        name="a locked account that Okta names",
        caller="It says that my account is locked.",
        cause="The account is locked at Okta.",
        advice="Unlock the account at Okta, and ask what happened before.",
        build=partial(
            on_sandbox, change=_state("locked"), settings=Settings(okta_shows_lock_outs=True)
        ),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence="Your account is locked.",
        truth=Cause.ACCOUNT_LOCKED,
        who=Party.CONTACT,
        status=3,
    ),
    Situation(
        name="a password that has expired at Okta",
        caller="It worked for three months. Now password and code are refused.",
        cause="The password has expired, which Okta tells only after the code.",
        question="Does Okta in the browser want a new password?",
        advice="Have them sign in to Okta in the browser and choose a new password.",
        build=partial(on_sandbox, change=_state("expired")),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence=_CODE_OR_ACCOUNT,
        truth=Cause.PASSWORD_EXPIRED,
        who=Party.YOU,
        status=3,
    ),
    Situation(
        name="a key for codes of another account",
        caller="I set up the code again, and since then it is refused.",
        cause="The codes are those of another account, or of an earlier set-up.",
        question="Was the code set up again, on a phone or another computer?",
        advice="Have them set the code up anew: “Set up your code” in the window, or"
        " ferrygate enroll acme.ferrygate.",
        build=partial(on_sandbox, given=GivenSecrets(password=PASSWORD, totp_secret=_OTHER_SECRET)),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence=_CODE_OR_ACCOUNT,
        truth=Cause.CODE_OF_ANOTHER_ACCOUNT,
        who=Party.YOU,
        status=3,
    ),
    Situation(
        name="push and text message, and no code",
        caller="My phone asks whether it is me, and I say yes.",
        cause="The account has other factors at Okta, and none that makes codes.",
        question="Does Okta ask for a push or a text message, and for no code?",
        advice="Have them add Google Authenticator at Okta.",
        build=partial(on_sandbox, change=_state("nocodes")),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence=_CODE_OR_ACCOUNT,
        truth=Cause.CODE_NOT_SET_UP,
        who=Party.YOU,
        status=3,
    ),
    Situation(
        name="reasons of the server's own",
        caller="Okta lets me in, and the server does not.",
        cause="Password and code are right. The server has reasons of its own: no access yet, or"
        " not from this network.",
        question="Does Okta in the browser take password and code, and still not this server?",
        advice="Look at the server's own log, and whether the account was given access.",
        build=partial(on_sandbox, order=_refuse_all),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence=_CODE_OR_ACCOUNT,
        truth=Cause.NO_ACCESS,
        who=Party.YOU,
        then=Party.OWNER,
        status=3,
    ),
    Situation(
        name="a code that was used elsewhere",
        caller="I have it on two computers. One of them is refused now and then.",
        cause="Another program or computer used the same code a moment before.",
        question="Does another computer or program sign in to this account?",
        advice="Have them try again in a minute, and on one computer at a time.",
        build=partial(on_sandbox, order=use_up_codes),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence=_CODE_OR_ACCOUNT,
        truth=Cause.CODE_USED_ELSEWHERE,
        who=Party.YOU,
        status=3,
    ),
    Situation(
        name="no code set up",
        caller="I have a password, but no code.",
        cause="No code is set up for the account yet.",
        advice="Have them set it up: “Set up your code” in the window, or ferrygate enroll"
        " acme.ferrygate --okta.",
        build=partial(on_sandbox, change=_state("notenrolled")),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence="Your password is right, but no code is set up for your account yet.",
        truth=Cause.CODE_NOT_SET_UP,
        who=Party.YOU,
        status=3,
    ),
    Situation(
        name="a policy that asks for no code",
        caller="In the browser Okta never asks me for a code.",
        cause="A rule is missing at Okta: it does not ask the account for a code.",
        advice="Give the account the sign-on policy that asks for a code.",
        build=partial(on_sandbox, change=_state("notdemanded")),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence="Your password is right, but Okta does not ask your account for a code.",
        truth=Cause.NO_MFA_DEMANDED,
        who=Party.OWNER,
        status=3,
    ),
    Situation(
        name="a password that an administrator has reset",
        caller="They gave me a new start, and it is refused.",
        cause="The password was reset at Okta, and a new one was not chosen yet.",
        advice="Have them sign in to Okta in the browser and choose a new password.",
        build=partial(on_sandbox, change=_state("reset")),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence="Okta wants a new password for your account first.",
        truth=Cause.PASSWORD_EXPIRED,
        who=Party.YOU,
        status=3,
    ),
    Situation(
        name="too many requests at Okta",
        caller="All our computers are refused at the same time.",
        cause="Okta had too many requests and looked at none of them.",
        advice="Have them wait a minute, and start fewer at once.",
        build=partial(on_sandbox, order=_limit_requests),
        options=_EXPLAINED,
        stage=Stage.SIGN_IN,
        sentence="Okta has had too many requests and did not look at your password.",
        who=Party.YOU,
        status=3,
    ),
]

REFUSED_BY_SERVER = [
    Situation(
        name="a suspended account",
        caller="It shows me a message and refuses me.",
        cause="The server says why, before the password: the account is suspended.",
        question="Did the server say something about the account?",
        advice="Have them read the server's words to you, and do what they say.",
        build=partial(on_script, order=refuses_with_banner),
        options=_SIGN_IN,
        stage=Stage.SIGN_IN,
        sentence=_REFUSED,
        truth=Cause.NO_ACCESS,
        said="Account suspended. Call 555-0199.",
        who=Party.YOU,
        then=Party.CONTACT,
        status=3,
    ),
    Situation(
        name="OpenSSH with google-authenticator refuses the code",
        caller="It says refused. The code on my phone is another one.",
        cause="The codes are those of another account, or of an earlier set-up.",
        question="Does the phone show another code than Ferrygate?",
        advice="Have them set the code up anew.",
        build=partial(on_openssh_otp, other_secret=_OTHER_SECRET),
        options=_SIGN_IN,
        stage=Stage.SIGN_IN,
        sentence=_REFUSED,
        truth=Cause.CODE_OF_ANOTHER_ACCOUNT,
        who=Party.YOU,
        status=3,
        marks=("root",),
    ),
    Situation(
        name="a refusal where no Okta can be asked",
        caller="It says refused, and nothing else.",
        cause="The server says no and gives no reason; the file names no Okta to ask.",
        question="Is a list of causes read to you, and none of these fits?",
        advice="Go through the causes in the order in which they are read to you.",
        build=partial(on_sandbox, change=without_okta, given=_WRONG_PASSWORD),
        options=_SIGN_IN,
        stage=Stage.SIGN_IN,
        sentence=_REFUSED,
        truth=Cause.PASSWORD_WRONG,
        who=Party.YOU,
        then=Party.CONTACT,
        status=3,
    ),
    Situation(
        name="a private key of somebody else",
        caller="I have a new computer, and it does not let me in.",
        cause="The server does not know the private key of this computer.",
        advice="Add the new key to the account at the server.",
        build=partial(on_openssh, sign_in=by_other_key),
        options=_SIGN_IN,
        stage=Stage.SIGN_IN,
        sentence="The server did not take the private key.",
        truth=Cause.KEY_NOT_ACCEPTED,
        who=Party.CONTACT,
        status=3,
    ),
    Situation(
        name="a password that has expired at the server",
        caller="It says that my password has expired.",
        cause="The server itself asks for a new password.",
        advice="Have them change it where the server's owner says, then enter the new one.",
        build=on_expired_password,
        options=_SIGN_IN,
        stage=Stage.SIGN_IN,
        sentence="Your password has expired.",
        who=Party.YOU,
        status=3,
    ),
    Situation(
        name="too many failures",
        caller="It says too many tries, and I tried once.",
        cause="The server counts earlier tries, also those of other programs.",
        advice="Have them wait some minutes, close other programs, and check the password.",
        build=partial(on_script, order=has_too_many_failures),
        options=_SIGN_IN,
        stage=Stage.SIGN_IN,
        sentence="The server ended the sign-in, since too many tries had failed.",
        said="Too many authentication failures",
        who=Party.YOU,
        status=3,
    ),
    Situation(
        name="cut after the password",
        caller="It is gone as soon as I sign in.",
        cause="The connection ended before the server answered. It may have counted as refused.",
        advice="Have them try once more in a minute. If it comes again, look at the server.",
        build=partial(on_script, order=hangs_up_at_password),
        options=_SIGN_IN,
        stage=Stage.SIGN_IN,
        sentence="The connection ended before the server answered.",
        who=Party.CONTACT,
        status=3,
    ),
    Situation(
        name="a question that only a person can answer",
        caller="It asks for something that I do not understand.",
        cause="The server asks something of its own, and nobody is there to answer.",
        advice="Have them run it where they can type, or name the question in the file.",
        build=partial(on_prompt, prompt="Employee number: "),
        options=_SIGN_IN,
        sends=False,
        stage=Stage.SIGN_IN,
        sentence="The server asked a question that was not answered.",
        said="Employee number",
        who=Party.YOU,
        status=2,
    ),
]
