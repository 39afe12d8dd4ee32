"""Holds the secrets that a program signs in with."""

from __future__ import annotations

from typing import Self

import msgspec

from ferrygate.api.session import Session
from ferrygate.codes.totp import CodeSecret
from ferrygate.codes.typed_code import typed_code
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.secret import Secret
from ferrygate.sites.code_secret import code_secret_for
from ferrygate.sites.site import Site


class ProgramSecrets(msgspec.Struct, frozen=True, kw_only=True):
    """Holds secrets that fit a site, found to be so before its server hears of this computer.

    Attributes:
        given: the secrets, as the program gave them.
        code_secret: the one that codes are made from; ``None`` where none was given.
        typed_code: a code from a phone or a token, good for one sign-in; ``None`` where none was
            given.
    """

    given: GivenSecrets
    code_secret: CodeSecret | None = None
    typed_code: Secret | None = None

    @classmethod
    def for_site(cls, site: Site, given: GivenSecrets, code: str | None) -> Self:
        """Read the key and the typed code as the site has its codes.

        Raises:
            CodeSecretError: what was given as the key holds no usable one.
            UsageError: the code is none of this site's.
        """
        typed = None if code is None else typed_code(code, site.sign_in.digits)
        key = given.totp_secret
        code_secret = None if key is None else code_secret_for(site.sign_in, key)
        return cls(given=given, code_secret=code_secret, typed_code=typed)

    def sign_in(self, session: Session, *, try_anyway: bool) -> None:
        """Hand the secrets to a session, and sign in.

        Raises:
            FerrygateError: as :meth:`ferrygate.api.session.Session.sign_in`.
        """
        if self.given.password is not None:
            session.use_password(self.given.password)
        if self.code_secret is not None:
            session.use_code_secret(self.code_secret)
        if self.given.passphrase is not None:
            session.use_passphrase(self.given.passphrase)
        session.sign_in(try_anyway=try_anyway, typed_code=self.typed_code)
