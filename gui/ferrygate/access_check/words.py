"""The words for stages, parties and causes, to be rendered by window and command line."""

from __future__ import annotations

from collections.abc import Sequence

from ferrygate.access_check.stages import Cause, Party, Stage, StageOutcome
from ferrygate.common.message import Message, message

STAGE_TITLES = {
    Stage.SETTINGS: message("Settings"),
    Stage.HOME: message("Ferrygate's files and the keychain"),
    Stage.SECRETS: message("Password and code at hand"),
    Stage.BREAKER: message("Lock-out protection"),
    Stage.DNS: message("The server's name"),
    Stage.TCP: message("Connection to the server"),
    Stage.FIRST_LINE: message("The server's first words"),
    Stage.ALGORITHMS: message("Encryption"),
    Stage.HOST_KEY: message("The server's key"),
    Stage.METHODS: message("Ways to sign in"),
    Stage.OKTA: message("Okta"),
    Stage.CLOCK: message("This computer's clock"),
    Stage.SIGN_IN: message("Sign-in"),
    Stage.SFTP: message("File transfer"),
    Stage.HOME_FOLDER: message("Start folder"),
    Stage.WRITE_PROBE: message("Writing a file"),
    Stage.SPEED: message("Speed"),
}
"""The stages' titles; the names that support finds in reports are :class:`Stage`'s values."""

OUTCOME_WORDS = {
    StageOutcome.PASSED: message("Passed"),
    StageOutcome.WARNED: message("Worth a look"),
    StageOutcome.FAILED: message("Failed"),
    StageOutcome.NOT_REACHED: message("Not checked"),
}

PARTY_WORDS = {
    Party.YOU: message("You"),
    Party.NETWORK: message("The people who run your network"),
    Party.CONTACT: message("Your contact"),
    Party.OWNER: message("The server's owner"),
}
"""The names of those whose move it is."""

PARTY_STEPS = {
    Party.YOU: message("Mend what is said here, then check again."),
    Party.NETWORK: message("Tell the people who run your network what is said here."),
    Party.CONTACT: message("Tell your contact what is said here."),
    Party.OWNER: message("Tell your contact what is said here, for the server's owner."),
}
"""Their moves, where nothing nearer is known."""

CAUSES_TITLE = message("What it may be due to, the likeliest first:")

_CAUSES = {
    Cause.ACCOUNT_LOCKED: message("The account is locked."),
    Cause.CLOCK_WRONG: message("This computer's clock is wrong, so its codes are wrong."),
    Cause.CODE_MISTYPED: message("The code was mistyped, or no longer the one shown."),
    Cause.CODE_NOT_SET_UP: message("No code is set up for the account yet."),
    Cause.CODE_OF_ANOTHER_ACCOUNT: message(
        "The code belongs to another account, or to an earlier set-up of this one."
    ),
    Cause.CODE_USED_ELSEWHERE: message("Another program or computer used the same code."),
    Cause.CORRECTION_WRONG: message(
        "Codes are corrected for this computer's clock, and the correction is wrong by now."
    ),
    Cause.KEY_NOT_ACCEPTED: message("The private key does not belong to the account."),
    Cause.NO_ACCESS: message("The server has reasons of its own, such as access not granted yet."),
    Cause.NO_MFA_DEMANDED: message("Okta does not ask the account for a code."),
    Cause.PASSWORD_EXPIRED: message("The password has expired."),
    Cause.PASSWORD_WRONG: message("The password is wrong."),
    Cause.USER_WRONG: message("The user name is wrong."),
}


def cause_words(cause: Cause) -> Message:
    """Say a cause of a refusal in a sentence."""
    return _CAUSES[cause]


def listed_causes(causes: Sequence[Cause]) -> tuple[Message, ...]:
    """Say the causes of a refusal, for a list; none where one is alone, which the sentence says."""
    return tuple(map(cause_words, causes)) if len(causes) > 1 else ()
