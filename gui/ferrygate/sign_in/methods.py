"""Tells which methods a server offers (RFC 4252 §5.2), and whether a site's steps fit them."""

from __future__ import annotations

from ferrygate.common.display import display_text
from ferrygate.common.errors import SignInMethodError
from ferrygate.common.message import message
from ferrygate.sign_in.auth_unanswered import auth_unanswered
from ferrygate.sign_in.steps import MethodsOffered, ReportStep
from ferrygate.sites.site import Site
from ferrygate.ssh.answers import AuthOutcome
from ferrygate.ssh.connection import Connection

KEY = "publickey"
PASSWORD = "password"  # noqa: S105  a method's name
PROMPTS = "keyboard-interactive"


def can_take(step: str, offered: tuple[str, ...]) -> bool:
    """Tell whether one of a site's steps can be taken by the methods that are offered.

    What a password step sends can be given to prompts as well.
    """
    return step in offered or (step != KEY and PROMPTS in offered)


def look_at_methods(site: Site, connection: Connection, report: ReportStep) -> None:
    """Ask which methods there are, and check that the site's first step is among them.

    No secret is sent. A server that lets the user in without any offers none.

    Raises:
        SignInMethodError: the server wants other steps.
        FerrygateError: no answer came (:func:`auth_unanswered`).
    """
    answer = connection.auth_none(site.username)
    if answer.outcome is AuthOutcome.UNKNOWN:
        raise auth_unanswered(site, answer, has_sent=False)
    report(MethodsOffered(answer.methods, banner=connection.banner))
    is_in = answer.outcome is AuthOutcome.ACCEPTED
    if not is_in and not can_take(site.sign_in.steps[0], answer.methods):
        raise other_steps(site, answer.methods)


def other_steps(site: Site, methods: tuple[str, ...]) -> SignInMethodError:
    """Make the error for a server that offers ``methods``, and not what the site wants."""
    return SignInMethodError(
        message("{host} wants this account to sign in another way.", host=site.host),
        next_step=message("Ask your contact for a new connection file."),
        detail=f"steps of the site: {', '.join(site.sign_in.steps)};"
        f" the server offers: {display_text(', '.join(methods)) or 'none'}",
    )
