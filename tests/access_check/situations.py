"""Gathers all situations, in the order in which a check and the guide come to them."""

from __future__ import annotations

from access_check.after_sign_in import FOLDERS, WITHOUT_FILES
from access_check.here import HERE
from access_check.on_the_way import NO_SERVER, WRONG_SERVER
from access_check.signing_in import REFUSED_BY_OKTA, REFUSED_BY_SERVER
from access_check.situation import Situation

CHAPTERS: dict[str, list[Situation]] = {
    "At the caller's computer": HERE,
    "On the way to the server": NO_SERVER,
    "Another server than was meant": WRONG_SERVER,
    "The sign-in is refused, and Okta says more": REFUSED_BY_OKTA,
    "The sign-in is refused, and the server alone knows": REFUSED_BY_SERVER,
    "Signed in, and no file transfer": WITHOUT_FILES,
    "Signed in, and trouble with the folder": FOLDERS,
}
SITUATIONS = [situation for chapter in CHAPTERS.values() for situation in chapter]
