"""Writes the tables of ``packaging/support-guide.md``: ``python -m access_check.support_guide``.

The tables hold what the situations say, each of which a test proves on a server that is broken so.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from access_check.situation import Situation
from access_check.situations import CHAPTERS
from ferrygate.access_check.refusal import party_of
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
    Cause.CODE_NOT_SET_UP: "Have them set up their code: “Set up your code” in the window, or"
    " ferrygate enroll acme.ferrygate.",
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

A server that refuses says no, and no more, and Okta tells some things only behind the code. So a
check lists all that it may still be after all that was found, the likeliest first. They are read to
you from the line “Sign-in”, above the last four: go through them in that order.

| They read back | Do this | Whose move |
|---|---|---|
"""
_HEAD = (
    "| They read back | The caller says | It is | Do this | Whose move |\n|---|---|---|---|---|\n"
)
_ASK_HEAD = (
    "Ask from the top: the first “yes” is it.\n\n"
    "| Ask | The caller says | It is | Do this | Whose move |\n|---|---|---|---|---|\n"
)


def with_tables(text: str) -> str:
    """Put the tables into the text of the guide, in place of those that it has."""
    assert _MARKED.search(text), "the guide has no place for the tables"
    return _MARKED.sub(lambda found: f"{found[1]}\n{tables()}\n{found[2]}", text)


def tables() -> str:
    """Write a table for each chapter, and one of the causes that a refusal may have."""
    chapters = [_chapter(title, situations) for title, situations in CHAPTERS.items()]
    causes = "".join(
        _cells(f"*{cause_words(cause)}*", _ADVICE[cause], _moves(party_of(cause)))
        for cause in Cause
    )
    return "\n".join([*chapters, _CAUSES_HEAD + causes])


def alike(situations: list[Situation]) -> dict[str, list[Situation]]:
    """Gather the situations that a check says the same of, under what is read back."""
    groups: dict[str, list[Situation]] = {}
    for situation in situations:
        groups.setdefault(_read_back(situation), []).append(situation)
    return groups


def _chapter(title: str, situations: list[Situation]) -> str:
    """Write one row for each sentence; causes of one sentence follow in tables of their own."""
    groups = alike(situations)
    rows = "".join(_row(read, group) for read, group in groups.items())
    return "\n".join([f"## {title}\n\n{_HEAD}{rows}", *_questions(groups)])


def _questions(groups: dict[str, list[Situation]]) -> Iterator[str]:
    """Write the tables of what is asked, where a sentence has several causes."""
    for group in groups.values():
        if len(group) > 1:
            rows = "".join(_cells(each.question, *_rest(each)) for each in group)
            yield f"### {group[0].words}\n\n{_ASK_HEAD}{rows}"


def _row(read: str, group: list[Situation]) -> str:
    """Write the row of a sentence."""
    if len(group) == 1:
        return _cells(read, *_rest(group[0]))
    parties = dict.fromkeys(who for each in group for who in (each.who, each.then) if who)
    moves = _moves(*parties).replace(", then ", " or ")
    return _cells(
        read, "See below.", f"One of {len(group)} causes.", "Ask as the table below says.", moves
    )


def _rest(situation: Situation) -> tuple[str, str, str, str]:
    """Give the cells of a situation behind its first."""
    parties = [who for who in (situation.who, situation.then) if who]
    return f"“{situation.caller}”", situation.cause, situation.advice, _moves(*parties)


def _moves(*parties: Party) -> str:
    move = ", then ".join(_MOVES[who] for who in parties)
    return move[0].upper() + move[1:]


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def _read_back(situation: Situation) -> str:
    title = str(STAGE_TITLES[situation.stage])
    mark = " (signed in)" if situation.signs_in else ""
    warns = " worth a look:" if situation.outcome is StageOutcome.WARNED else ""
    return f"{title}{mark}:{warns} *{situation.words}*"


if __name__ == "__main__":
    GUIDE.write_text(with_tables(GUIDE.read_text("utf-8")), "utf-8")
    sys.stdout.write(f"{GUIDE}\n")
