"""Gathers the engine's answers and the person's choices that the sign-in card is made from."""

from __future__ import annotations

import msgspec

from ferrygate.app.presenters.question_views import HostKeyView
from ferrygate.engine.messages.codes import CodeChanged
from ferrygate.engine.messages.session import (
    PromptQuestion,
    SecretsChanged,
    SessionChanged,
    SessionState,
)
from ferrygate.sites.site import Site

_OFFLINE = SessionChanged(state=SessionState.OFFLINE)
_NOTHING_AT_HAND = SecretsChanged(site=Site(name="", host=""))


class SignInFacts(msgspec.Struct, kw_only=True):
    """Holds the facts for one site; a card that turns to another site begins with new ones.

    Attributes:
        site: the one to sign in to; ``None`` before the first.
        turn: counts the sites that the card has turned to.
        secrets: which secrets are at hand, as was told last; ``None`` while the keychain is asked.
        are_secrets_told: that was told since the site got another user or other settings.
        is_typed_over: the engine is about to take a typed password in place of the one at hand.
        outdated: the site with the pins it had until the person trusted another key.
        session: how the site's session stands.
        code: the live code; ``None`` while none is known.
        question: about a host key that is new or changed, while it stands.
        prompt: of the server's, while it waits for an answer.
        typing: another number once the secrets in the fields are of no more use there.
        said: what the server tells the person meanwhile, such as what to do on a phone.
        until: when the time to answer the prompt ends, epoch.
        was_typed: the site is no more than an address that the person has typed.
        types_code: the person types a code for each sign-in.
        with_okta: the person wants Okta to set up the code.
        wrong_fingerprint: the last fingerprint typed was not the server's.
        missing: says what is to be given or done before a sign-in; empty where nothing is.
    """

    site: Site | None = None
    turn: int = 0
    typing: int = 0
    secrets: SecretsChanged | None = None
    are_secrets_told: bool = False
    is_typed_over: bool = False
    outdated: Site | None = None
    session: SessionChanged = _OFFLINE
    code: CodeChanged | None = None
    question: HostKeyView | None = None
    prompt: PromptQuestion | None = None
    said: str = ""
    until: float = 0.0
    was_typed: bool = False
    types_code: bool = False
    with_okta: bool = False
    wrong_fingerprint: bool = False
    missing: str = ""

    @property
    def at_hand(self) -> SecretsChanged:
        """Return what is at hand for the site; nothing while that is not known."""
        if self.secrets is not None and self.are_secrets_told:
            return self.secrets
        return _NOTHING_AT_HAND
