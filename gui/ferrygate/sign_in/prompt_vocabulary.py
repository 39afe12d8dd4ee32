"""Finds the known words, phrases and compounds of any language in a sentence, as signs."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache

import msgspec

from ferrygate.sign_in.prompt_words import WORDS, Sign, folded

# Scripts that put no spaces between words: Kana, Han, Hangul, Thai.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3\u0e00-\u0e7f"
# Compiled where they are used, since it takes 5 ms, and a sign-in by key reads no prompt.
_TOKEN = rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+|[&+]|[^\w\s'-]"
_BETWEEN_UNSPACED = rf"(?<=[{_UNSPACED}])\s+(?=[{_UNSPACED}])"
NOUNS = (Sign.PASSWORD, Sign.ONE_TIME_CODE, Sign.OTP, Sign.TOKEN, Sign.PIN, Sign.CODE)
"""Signs that name a secret."""

_LEAST_STEM = 4  # letters from which a noun is seen at the end of a longer word
_MAX_ENDING = 3  # letters that inflect a noun


AMBIGUOUS = "\ue000"
"""Stands in a sentence for a word that may be a name, and may be meant."""


class Unknown(Enum):
    """Names the items of a sentence that are no sign."""

    WORD = "word"
    COMPOUND = "compound"  # one that ends in "password" and the like, or an ambiguous one
    STOP = "stop"  # a punctuation mark


Item = Sign | Unknown


def signs_in(sentence: str) -> list[Item]:
    """Find the signs of a folded sentence, in its order."""
    text = re.sub(_BETWEEN_UNSPACED, "", sentence)
    tokens = re.findall(_TOKEN, text)
    items: list[Item] = []
    at = 0
    while at < len(tokens):
        taken, found = _phrase(tokens, at)
        if not taken:
            taken, found = 1, _word(tokens[at])
        if tokens[at].isdecimal() and items[-1:] == [Sign.PASSWORD]:  # "password 2"
            found = [Sign.SECOND]
        items += found
        at += taken
    return items


def _phrase(tokens: list[str], at: int) -> tuple[int, list[Item]]:
    """Find the longest known phrase of several words that begins here."""
    phrases, longest = _vocabulary().phrases, _vocabulary().longest
    for count in range(min(longest, len(tokens) - at), 1, -1):
        words = tokens[at : at + count]
        sign = phrases.get(" ".join(words))
        if sign is None:
            sign = next(
                (
                    sign
                    for stem, sign in _vocabulary().phrase_stems
                    if " ".join(words).startswith(stem) and stem.count(" ") == count - 1
                ),
                None,
            )
        if sign is not None:
            return count, [sign]
    return 0, []


def _word(word: str) -> list[Item]:  # noqa: PLR0911  one row a sort of word
    known = _vocabulary()
    if word in "&+":
        return [Sign.AND]
    if word == AMBIGUOUS:
        return [Unknown.COMPOUND]
    if re.match(rf"[{_UNSPACED}]", word):
        return _unspaced(word)
    if not re.match(r"\w", word):
        return [Unknown.STOP]
    if word in known.words:
        return [known.words[word]]
    if word.isdecimal():
        return [Sign.FILLER]
    compound = _compound(word)
    if compound:
        return compound
    stem = next((sign for stem, sign in known.stems if word.startswith(stem)), None)
    if stem is not None:
        return [stem]
    if any(noun in word for noun in known.nouns if known.words[noun] is Sign.PASSWORD):
        return [Unknown.COMPOUND]
    return [Unknown.WORD]


def _compound(word: str) -> list[Item]:
    """Read a word that ends in a noun: "Einmalpasswort", "verificatiecode"."""
    known = _vocabulary()
    for noun in known.nouns:
        head, found, ending = word.rpartition(noun)
        if not (head and found) or len(ending) > (_MAX_ENDING if len(noun) > _LEAST_STEM else 0):
            continue
        for form in (head, head.removesuffix("s")):
            if form in known.words:
                return [known.words[form], known.words[noun]]
        stem = next((sign for stem, sign in known.stems if head.startswith(stem)), None)
        if stem is not None:
            return [stem, known.words[noun]]
        return [Unknown.COMPOUND]
    return []


def _unspaced(run: str) -> list[Item]:
    known = _vocabulary()
    items: list[Item] = []
    at = 0
    while at < len(run):
        for count in range(min(known.longest_unspaced, len(run) - at), 0, -1):
            sign = known.words.get(run[at : at + count])
            if sign is not None:
                items.append(sign)
                at += count
                break
        else:
            if items[-1:] != [Unknown.WORD]:
                items.append(Unknown.WORD)
            at += 1
    return items


class _Vocabulary(msgspec.Struct, frozen=True):
    """Holds the words of all languages, ready to be looked up.

    Attributes:
        words: single words, and phrases written as one.
        phrases: several words with spaces between.
        stems: beginnings of single words, the longest first.
        phrase_stems: beginnings of phrases.
        nouns: what a longer word may end in, the longest first.
        longest: words in the longest phrase.
        longest_unspaced: characters in the longest word of a script without spaces.
    """

    words: dict[str, Sign]
    phrases: dict[str, Sign]
    stems: list[tuple[str, Sign]]
    phrase_stems: list[tuple[str, Sign]]
    nouns: list[str]
    longest: int
    longest_unspaced: int


@cache
def _vocabulary() -> _Vocabulary:
    words: dict[str, Sign] = {}
    phrases: dict[str, Sign] = {}
    stems: dict[str, Sign] = {}
    for sign, lines in WORDS.items():
        for entry in "|".join(lines).split("|"):
            form = re.sub(_BETWEEN_UNSPACED, "", folded(entry))
            if form.endswith("*"):
                stems.setdefault(form[:-1], sign)
                continue
            words.setdefault(form.replace(" ", ""), sign)
            if " " in form:
                phrases.setdefault(form, sign)
    single = {stem: sign for stem, sign in stems.items() if " " not in stem}
    nouns = [
        word
        for word, sign in (words | single).items()
        if sign in NOUNS
        and " " not in word
        and word.isalpha()
        and (len(word) >= _LEAST_STEM or word in {"kod", "otp"})
    ]
    for stem, sign in single.items():
        words.setdefault(stem, sign)
    return _Vocabulary(
        words=words,
        phrases=phrases,
        stems=sorted(single.items(), key=lambda pair: len(pair[0]), reverse=True),
        phrase_stems=[(stem, sign) for stem, sign in stems.items() if " " in stem],
        nouns=sorted(nouns, key=len, reverse=True),
        longest=max(phrase.count(" ") for phrase in [*phrases, *stems]) + 1,
        longest_unspaced=max(len(word) for word in words if re.match(rf"[{_UNSPACED}]", word)),
    )
