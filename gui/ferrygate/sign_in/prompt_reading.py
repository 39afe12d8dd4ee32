"""Reads what one sentence of a server asks for, by known words and how they stand together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

import msgspec

from ferrygate.sign_in.prompt_vocabulary import NOUNS, Item, Unknown, signs_in
from ferrygate.sign_in.prompt_words import Sign

_ENGLISH = re.compile(r"passw(?:or)?d|pwd")
_OWNERS = re.compile("[の的의]")  # between whose a password is and the password
_REACH = 3  # words without meaning that may stand between two that belong together


class Question(Enum):
    """Names the answer that a sentence asks for."""

    PASSWORD = "password"  # noqa: S105  the name of a kind
    CODE = "code"
    BOTH = "both"
    NEW_PASSWORD = "new-password"  # noqa: S105  the name of a kind
    AGAIN = "again"  # a secret that was just typed: a new password, or what was refused
    OPEN = "open"  # an answer to what is asked above
    NOTHING = "nothing"
    UNCLEAR = "unclear"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what was read in a sentence, or in all that is above a question.

    Attributes:
        asks: what it asks for.
        weak: the code that is asked for is not said to be one that is good once.
        changes: a password is to be changed, or has expired.
        elsewhere: the code comes by text message or mail.
        other: something else is asked for as well.
        factor: a second factor is spoken of.
        hints: a code is spoken of.
        wrong: what was given before was refused.
        never: it says what not to do, or what will be, and no more than that.
        pin_too: a PIN and a code in one.
        vague: it may only speak of something: no word asks, and there are unknown ones or a mere
            "code".
        enters: it asks for something to be typed.
        has_words: there are more than signs and small words.
        is_vocabulary: it is made of telling words alone.
    """

    asks: Question = Question.NOTHING
    weak: bool = False
    changes: bool = False
    elsewhere: bool = False
    other: bool = False
    factor: bool = False
    hints: bool = False
    wrong: bool = False
    never: bool = False
    pin_too: bool = False
    vague: bool = False
    enters: bool = False
    has_words: bool = False
    is_vocabulary: bool = False


def read_sentence(sentence: str) -> Reading:
    """Read a folded sentence, without names in it."""
    items = signs_in(sentence)
    asks, weak = _asked(items, foreign=_foreign_reach(sentence))
    signs = set(items)
    words = [item for item in items if item is not Unknown.STOP]
    telling = {Sign.PASSWORD, Sign.ONE_TIME, *NOUNS}
    return Reading(
        asks=asks,
        weak=weak,
        changes=Sign.PASSWORD in signs
        and (Sign.EXPIRED in signs or _beside(items, Sign.PASSWORD, {Sign.NEW})),
        elsewhere=Sign.SENT in signs,
        other=bool(signs & {Sign.OTHER, Sign.PIN, Sign.SECOND}),
        factor=Sign.FACTOR in signs,
        hints=bool(signs & _SAY_CODE),
        wrong=Sign.WRONG in signs,
        never=Sign.NEVER in signs and not _asks_before_a_no(items),
        pin_too={Sign.PIN, Sign.AND} <= signs and bool(signs & _SAY_CODE),
        vague=Sign.ENTER not in signs
        and (Unknown.WORD in signs or (weak and asks is Question.CODE)),
        enters=Sign.ENTER in signs,
        has_words=bool(set(words) - _SMALL),
        is_vocabulary=bool(words) and telling >= set(words),
    )


def above(sentences: Iterable[Reading]) -> Reading:
    """Sum up what the sentences above a question say together."""
    telling = [sentence for sentence in sentences if not sentence.never]
    asked = {_said(sentence) for sentence in telling} - {Question.NOTHING, Question.OPEN}
    if asked <= {Question.PASSWORD, Question.CODE, Question.BOTH}:
        asks = Question.UNCLEAR
        if Question.BOTH in asked:
            asks = Question.BOTH
        elif len(asked) < 2:  # noqa: PLR2004  one kind alone
            asks = next((kind for kind in Question if kind in asked), Question.NOTHING)
    else:
        asks = Question.UNCLEAR
    return Reading(
        asks=asks,
        changes=any(sentence.changes for sentence in telling),
        elsewhere=any(sentence.elsewhere for sentence in telling),
        other=any(sentence.other for sentence in telling),
        factor=any(sentence.factor for sentence in telling),
        pin_too=any(sentence.pin_too for sentence in telling),
    )


def _said(sentence: Reading) -> Question:
    """Tell what a sentence above a question settles."""
    if not sentence.vague:
        return sentence.asks
    return Question.UNCLEAR if sentence.hints else Question.NOTHING


def _foreign_reach(sentence: str) -> int | None:
    """Bound the small words between a password and an unknown word that may say which one.

    Names stand before an English "password" ("Acme password"): such a word says nothing there.
    In other languages it may as well be "one-time" or "new" in words that are not known here.
    """
    if _ENGLISH.search(sentence):
        return None
    return 0 if _OWNERS.search(sentence) else _REACH


def _asks_before_a_no(items: list[Item]) -> bool:
    """Tell whether a part of the sentence speaks of a code before it has a "not", if any."""
    before = True
    for item in items:
        if item in {Unknown.STOP, Sign.NEVER}:
            before = item is Unknown.STOP
        elif before and item in _SAY_CODE:
            return True
    return False


def _asked(items: list[Item], *, foreign: int | None) -> tuple[Question, bool]:  # noqa: PLR0911  one row a rule
    """Tell what is asked for, and whether it is a code of an unnamed sort.

    Args:
        items: the sentence.
        foreign: how near no unknown word may stand to a password, see :func:`_foreign_reach`.
    """
    codes, passwords, weak = _nouns(items)
    signs = set(items)
    if passwords and signs & {Sign.NEW, Sign.OLD, Sign.CHANGE, Sign.EXPIRED}:
        return Question.NEW_PASSWORD, False
    if (
        signs & _NOT_OURS
        or (Sign.OR in signs and codes)
        or (signs & {Sign.NEW, Sign.EXPIRED} and codes)
    ):
        return Question.UNCLEAR, False
    if _once_more(signs, codes, passwords):
        return Question.AGAIN, False
    if codes and passwords:
        return (Question.BOTH if _joined(items, codes, passwords) else Question.UNCLEAR), False
    if codes:
        return Question.CODE, weak
    if passwords:
        clear = not signs & (_HINTS | {Sign.EITHER, Sign.OR, Sign.SHOWN, Sign.TOKEN})
        if foreign is not None:
            clear &= not _beside(items, Sign.PASSWORD, {Unknown.WORD}, foreign)
        return (Question.PASSWORD if clear else Question.UNCLEAR), False
    if signs - _SMALL - {Sign.ENTER, Unknown.STOP} == {Sign.FACTOR}:  # "Second factor:"
        return Question.CODE, True
    is_open = signs <= {Sign.ANSWER, Sign.ENTER, Unknown.STOP, *_SMALL}
    if is_open and (Sign.ANSWER in signs or not signs - {Unknown.STOP}):
        return Question.OPEN, False
    return (Question.UNCLEAR if signs & _HINTS - {Sign.FACTOR} else Question.NOTHING), False


def _once_more(signs: set[Item], codes: list[int], passwords: list[int]) -> bool:
    """Tell whether a secret that was just typed is asked for, to confirm it or to mend it."""
    if Sign.AGAIN in signs:
        return bool(codes or passwords)
    return Sign.CONFIRM in signs and bool(passwords) and not codes


_NOT_OURS: set[Item] = {
    Unknown.COMPOUND,
    Sign.CARRIER,
    Sign.NEVER,
    Sign.OTHER,
    Sign.PIN,
    Sign.SECOND,
    Sign.SENT,
    Sign.WRONG,
}
_SMALL: set[Item] = {Sign.FILLER, Sign.SHOWN}
_HINTS: set[Item] = {Sign.CODE, Sign.EITHER, Sign.FACTOR, Sign.ONE_TIME}
_SAY_CODE: set[Item] = (_HINTS | set(NOUNS)) - {Sign.FACTOR, Sign.PASSWORD}
_NAMES_CODE: set[Item] = {
    Sign.ACCESS,
    Sign.CONFIRM,
    Sign.FACTOR,
    Sign.ONE_TIME,
    Sign.ONE_TIME_CODE,
    Sign.OTP,
    Sign.TOKEN,
}
_MAKES_ONE_TIME: set[Item] = {Sign.ONE_TIME, Sign.OTP}


def _nouns(items: list[Item]) -> tuple[list[int], list[int], bool]:
    """Find codes and passwords; and tell whether the only code is of an unnamed sort."""
    strong: list[int] = []
    weak: list[int] = []
    passwords: list[int] = []
    for place, item in enumerate(items):
        near = _near(items, place)
        if item is Sign.PASSWORD:
            once = near & _MAKES_ONE_TIME or items[place - 1 : place] == [Sign.TOKEN]
            (strong if once else passwords).append(place)
        elif item is Sign.CODE:
            if near & _NAMES_CODE:
                strong.append(place)
            elif not _next_to(items, place) & {Unknown.WORD, Sign.ACCOUNT}:
                weak.append(place)
        elif (
            item in {Sign.ONE_TIME_CODE, Sign.OTP}
            or (item is Sign.TOKEN and items[place - 1 : place] != [Unknown.WORD])
            or (item is Sign.EITHER and near & (_NAMES_CODE - {Sign.ACCESS}))
        ):
            strong.append(place)
        elif item is Sign.PIN and Sign.ONE_TIME in near:
            strong.append(place)
            items[place] = Sign.ONE_TIME_CODE
    return strong or weak, passwords, not strong


def _near(items: list[Item], place: int, reach: int = _REACH) -> set[Item]:
    """Find the next telling words on both sides, with at most ``reach`` small words between."""
    found: set[Item] = set()
    for step in (-1, 1):
        for distance in range(1, reach + 2):
            at = place + step * distance
            if not 0 <= at < len(items):
                break
            found.add(items[at])
            if items[at] not in _SMALL:
                break
    return found


def _next_to(items: list[Item], place: int) -> set[Item]:
    """Find the word right before, and the next one after that is not a small one."""
    before = items[place - 1 : place] if place else []
    behind = [item for item in items[place + 1 : place + 3] if item not in _SMALL]
    return {*before, *behind[:1]}


def _beside(items: list[Item], noun: Sign, others: set[Item], reach: int = _REACH) -> bool:
    places = [at for at, item in enumerate(items) if item is noun]
    return any(_near(items, at, reach) & others for at in places)


def _joined(items: list[Item], codes: list[int], passwords: list[int]) -> bool:
    """Tell whether a password and a code stand with an "and" between them."""
    if Sign.OR in items:
        return False
    return any(
        Sign.AND in items[min(code, password) : max(code, password)]
        and set(items[min(code, password) + 1 : max(code, password)])
        <= {Sign.AND, Sign.ENTER, *_SMALL, *_NAMES_CODE}
        for code in codes
        for password in passwords
    )
