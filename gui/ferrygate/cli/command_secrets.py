"""Finds the secrets of a command: in the environment, in the keychain, or at the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ferrygate.cli.command_context import CommandContext
from ferrygate.common.display import display_text
from ferrygate.common.environment import PASSWORD_VARIABLE, TOTP_SECRET_VARIABLE
from ferrygate.common.errors import KeychainError, Kind, Problem, SecretsMissingError
from ferrygate.common.i18n import _
from ferrygate.common.message import Message, Text, message, sentences
from ferrygate.common.secret import Secret
from ferrygate.common.secret_text import given_secret, unseen_ends
from ferrygate.sites.code_secret import code_secret_for
from ferrygate.sites.site import Site
from ferrygate.sites.without_code import surely_needs_code

if TYPE_CHECKING:
    from ferrygate.api.session import Session

INVISIBLE_CHARACTERS = "invisible-characters"
"""Names the warning that a secret begins or ends with invisible characters."""


def use_secrets(
    context: CommandContext, session: Session, *, ask_code: bool = False, code_stdin: bool = False
) -> None:
    """Use what the site's steps need of password, code secret and passphrase.

    With ``ask_code`` the code secret is not used; with ``code_stdin`` it may be missing.

    Raises:
        FerrygateError: as :func:`use_password` and :func:`use_code_secret`.
    """
    site = session.site
    passphrase = context.secrets.passphrase
    if passphrase is not None and site.sign_in.has_key_step:
        warn_of_unseen_ends(context, passphrase, message("The passphrase of the private key"))
        session.use_passphrase(passphrase)
    if site.sends_password:
        use_password(context, session)
        # A server that asks one thing after the other may do without a code.
        if not ask_code:
            needed = surely_needs_code(site) and not code_stdin
            use_code_secret(context, session, needed=needed, or_typed=True)


def use_password(context: CommandContext, session: Session) -> None:
    """Use the password of the environment, the keychain, or the person; the first found.

    Raises:
        SecretsMissingError: there is none, and no person to ask.
    """
    given = context.secrets.password
    if given is None and not session.at_hand.has_password:
        given = _asked(
            context,
            session.site,
            _("Password of {user}"),
            missing=message("The password for “{site}” is missing, and nobody can be asked."),
            next_step=_to_set(PASSWORD_VARIABLE),
        )
        given = given and given_secret(given.reveal(), message("The password"))
    if given is not None:
        warn_of_unseen_ends(context, given, message("The password"))
        session.use_password(given)


def use_code_secret(
    context: CommandContext, session: Session, *, needed: bool, or_typed: bool = False
) -> None:
    """Use the code secret of the environment, the keychain, or the person; the first found.

    The person is asked only when it is ``needed``. A command that takes a code in its place, typed
    from a phone or token, says so.

    Raises:
        CodeSecretError: what was given holds no usable secret.
        SecretsMissingError: there is none, and no person to ask.
    """
    given = context.secrets.totp_secret
    if given is None and needed and not session.at_hand.has_code_secret:
        if or_typed and context.terminal.is_interactive:
            context.terminal.say(_("To type a code from a phone or token instead, add --ask-code."))
        given = _asked(
            context,
            session.site,
            _("Key for the codes of {user}"),
            missing=message(
                "The key for the codes of “{site}” is missing, and nobody can be asked."
            ),
            next_step=sentences(
                _to_set(TOTP_SECRET_VARIABLE),
                message("Or give a code from a phone or token: --ask-code, --code-stdin")
                if or_typed
                else None,
            ),
        )
    if given is not None:
        session.use_code_secret(code_secret_for(session.site.sign_in, given))


def warn_of_unseen_ends(context: CommandContext, secret: Secret, source: Text) -> None:
    """Warn once of invisible characters at a secret's ends; the secret is sent as it is."""
    sentence = unseen_ends(secret, source)
    if sentence is not None:
        problem = Problem(
            kind=Kind.USAGE,
            sentence=sentence,
            next_step=message("It is sent as it is. If you are refused, check that first."),
        )
        context.terminal.warn(INVISIBLE_CHARACTERS, problem)


def demand_keychain(session: Session, sentence: Message, next_step: Message | None = None) -> None:
    """Check that a command that is about the keychain has one to use.

    Raises:
        KeychainError: there is none; with this sentence, and the keychain's own as the detail.
    """
    if not session.at_hand.can_save:
        note = session.at_hand.keychain_note
        detail = "" if note is None else str(note)
        raise KeychainError(sentence, next_step=next_step, detail=detail)


def _asked(
    context: CommandContext, site: Site, question: str, *, missing: Message, next_step: Message
) -> Secret:
    if not context.terminal.is_interactive:
        raise SecretsMissingError(missing.filled(site=site.name), next_step=next_step)
    return context.terminal.ask_secret(question.format(user=display_text(site.username)))


def _to_set(variable: str) -> Message:
    return message(
        "Set {variable}_FILE or {variable}, or run the command on a terminal.", variable=variable
    )
