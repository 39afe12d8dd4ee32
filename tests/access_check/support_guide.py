"""Writes the tables of ``packaging/support-guide.md``: ``python -m access_check.support_guide``.

The tables hold what the situations say, each of which a test proves on a server that is broken so.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from access_check.situation import Situation
from access_check.situations import CHAPTERS
from ferrygate.access_check.stages import Cause, Party, StageOutcome
from ferrygate.access_check.words import STAGE_TITLES, cause_words

GUIDE = Path(__file__).parents[2] / "packaging" / "support-guide.md"
_MARKED = re.compile(r"(?s)(<!-- situations -->\n).*(<!-- end of situations -->\n)")
_MOVES = {  # as those see it who take the call
    Party.YOU: "the caller's",
    Party.NETWORK: "their network's",
    Party.CONTACT: "yours",
    Party.OWNER: "the server owner's",
}
_ADVICE = {
    Cause.ACCOUNT_LOCKED: "Look at the account at Okta, and unlock it.",
    Cause.CLOCK_WRONG: "Have them let the computer set its clock by itself.",
    Cause.CODE_MISTYPED: "Have them type the code that is shown now.",
    Cause.CODE_NOT_SET_UP: "Have them set up their code: the code page, or ferrygate enroll.",
    Cause.CODE_OF_ANOTHER_ACCOUNT: "Have them set up their code anew.",
    Cause.CODE_USED_ELSEWHERE: "Have them wait a minute, and use one computer at a time.",
    Cause.CORRECTION_WRONG: "Have them set the clock right, and agree when it is asked about.",
    Cause.KEY_NOT_ACCEPTED: "Add the key of this computer to the account at the server.",
    Cause.NO_ACCESS: "Look at the server's own log, and whether access was given.",
    Cause.NO_MFA_DEMANDED: "Give the account the sign-on policy that asks for a code.",
    Cause.PASSWORD_EXPIRED: "Have them choose a new one: at Okta, in the browser.",
    Cause.PASSWORD_WRONG: "Have them sign in to Okta in the browser with what they typed here.",
    Cause.USER_WRONG: "Compare the user name letter by letter.",
}
_CAUSES_HEAD = """\
## Causes of a refusal, as they are read to you

A server that refuses says no, and no more. So a check lists all that it may be, the likeliest
first: go through them in that order.

| They read back | Do this |
|---|---|
"""
_HEAD = (
    "| The caller says | They read back | It is | Do this | Whose move |\n|---|---|---|---|---|\n"
)


def with_tables(text: str) -> str:
    """Put the tables into the text of the guide, in place of those that it has."""
    assert _MARKED.search(text), "the guide has no place for the tables"
    return _MARKED.sub(lambda found: f"{found[1]}\n{tables()}\n{found[2]}", text)


def tables() -> str:
    """Write a table for each chapter, and one of the causes that a refusal may have."""
    chapters = [
        f"## {title}\n\n{_HEAD}" + "".join(map(_row, situations))
        for title, situations in CHAPTERS.items()
    ]
    causes = "".join(f"| *{cause_words(cause)}* | {_ADVICE[cause]} |\n" for cause in Cause)
    return "\n".join([*chapters, _CAUSES_HEAD + causes])


def _row(situation: Situation) -> str:
    title = str(STAGE_TITLES[situation.stage])
    mark = " (signed in)" if situation.signs_in else ""
    warns = " worth a look:" if situation.outcome is StageOutcome.WARNED else ""
    read = f"{title}{mark}:{warns} *{situation.words}*"
    move = ", then ".join(_MOVES[who] for who in (situation.who, situation.then) if who)
    move = move[0].upper() + move[1:]
    cells = (f"“{situation.caller}”", read, situation.cause, situation.advice, move)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


if __name__ == "__main__":
    GUIDE.write_text(with_tables(GUIDE.read_text("utf-8")), "utf-8")
    sys.stdout.write(f"{GUIDE}\n")
