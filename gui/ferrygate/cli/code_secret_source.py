"""Reads the code secret that a person enrols, from where the options say that it is."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.standard_input import key_on_standard_input
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.display import display_text
from ferrygate.common.environment import TOTP_SECRET_VARIABLE
from ferrygate.common.errors import CodeSecretError, SecretsMissingError, UsageError
from ferrygate.common.i18n import _, render
from ferrygate.common.local_disk import read_small_file
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.sites.code_secret import code_secrets_for, code_secrets_in_qr, matches_site
from ferrygate.sites.site import Site

_STDIN = "-"


class CodeSecretSource(msgspec.Struct, frozen=True, kw_only=True):
    """Holds the options that say where the secret is, at most one of them given.

    Attributes:
        uri: ``-`` for an address on standard input; nothing else is allowed.
        picture: a picture of the QR code.
        secret_stdin: the key is on standard input.
        okta: Okta hands it out, so that there is nothing to read.
    """

    uri: str | None = None
    picture: Path | None = None
    secret_stdin: bool = False
    okta: bool = False

    def check(self) -> None:
        """Check the options before anything is read.

        Raises:
            UsageError: there is more than one, or an address itself was typed.
        """
        if self.uri not in {None, _STDIN}:
            raise UsageError(
                message(
                    "An address holds a secret, and what is typed here can be read by other"
                    " programs."
                ),
                next_step=message("Write --uri -, and put the address on standard input."),
            )
        given = (self.uri is not None, self.picture is not None, self.secret_stdin, self.okta)
        if sum(given) > 1:
            raise UsageError(message("Give only one of --uri, --qr, --secret-stdin and --okta."))

    def read(self, context: CommandContext, site: Site) -> CodeSecret:
        """Read the secret of ``site``; a person is asked for what no option gives.

        Where it differs from what the site says of its codes, the person is told.

        Raises:
            CodeSecretError: what was given holds no usable secret.
            SecretsMissingError: none was given, and nobody can be asked.
            UsageError: the key on standard input cannot be used.
        """
        text = self._text(context, site)
        secret = _choose_secret(context, site, text, in_picture=self.picture is not None)
        _say_mismatch(context, site, secret)
        return secret

    def _text(self, context: CommandContext, site: Site) -> Secret:
        """Return the one text that was given; an option goes before the environment."""
        if self.picture is not None:
            return _in_picture(self.picture)
        if self.secret_stdin or self.uri is not None:
            return key_on_standard_input()
        if context.secrets.totp_secret is not None:
            return context.secrets.totp_secret
        if not context.terminal.is_interactive:
            raise SecretsMissingError(
                message("No secret was given, and nobody can be asked."),
                next_step=message(
                    "Set {variable}, or give --secret-stdin, --uri, --qr or --okta.",
                    variable=TOTP_SECRET_VARIABLE,
                ),
            )
        question = _("Key for the codes of {user}").format(user=display_text(site.username))
        return context.terminal.ask_secret(question)


def _choose_secret(
    context: CommandContext, site: Site, text: Secret, *, in_picture: bool
) -> CodeSecret:
    """Return the code secret in a text; of several in an export, the one the person chooses."""
    read = code_secrets_in_qr if in_picture else code_secrets_for
    found = read(site.sign_in, text)
    if found.remark:
        context.terminal.say(render(found.remark))
    if len(found.secrets) == 1 or not context.terminal.is_interactive:
        return found.only()
    numbers = [str(number) for number, _secret in enumerate(found.secrets, 1)]
    for number, secret in zip(numbers, found.secrets, strict=True):
        context.terminal.say(f"{number}  {secret.issuer} {secret.label}")
    answer = context.terminal.choose(_("Which of these accounts"), numbers)
    return found.secrets[int(answer) - 1]


def _in_picture(path: Path) -> Secret:
    from ferrygate.codes.qr import MAX_BYTES, read_qr  # noqa: PLC0415  slow, and only needed here

    texts = read_qr(read_small_file(path, MAX_BYTES))
    if len(texts) != 1:
        raise CodeSecretError(
            message("There is more than one QR code in this picture.")
            if texts
            else message("There is no QR code in this picture."),
            next_step=message("Choose a picture that shows the one QR code whole."),
        )
    return Secret(texts[0])


def _say_mismatch(context: CommandContext, site: Site, secret: CodeSecret) -> None:
    """Say where an enrolled code differs from the connection file, over which it wins."""
    if not matches_site(site.sign_in, secret):
        wanted = (site.sign_in.digits, site.sign_in.period, site.sign_in.algorithm)
        given = (secret.digits, secret.period, secret.algorithm)
        context.terminal.say(
            _(
                "Codes are made as the secret says ({given}), not as the site says ({wanted})."
            ).format(given=", ".join(map(str, given)), wanted=", ".join(map(str, wanted)))
        )
