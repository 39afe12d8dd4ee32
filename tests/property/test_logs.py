from __future__ import annotations

import base64
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from ferrygate.common.logs import REMOVED, LiveSecrets
from ferrygate.common.secret import Secret

SPELLINGS: list[Callable[[str], str]] = [
    str,
    str.upper,
    lambda text: repr(text)[1:-1],
    lambda text: text.encode().hex(),
    lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    lambda text: base64.b32encode(text.encode()).decode().rstrip("="),
]
passwords = st.text(st.characters(max_codepoint=0x7E), min_size=6)


@given(st.lists(passwords, min_size=1, max_size=5), st.sampled_from(SPELLINGS), st.data())
def test_no_live_secret_stays_in_a_text(
    texts: list[str], spell: Callable[[str], str], data: st.DataObject
) -> None:
    live = LiveSecrets()
    for text in texts:
        live.add(Secret(text))
    spelled = spell(data.draw(st.sampled_from(texts)))
    redacted = live.redact(f"<{spelled}>")
    assert REMOVED in redacted
    assert spelled not in redacted


@given(st.text(), st.lists(st.text(), max_size=5))
def test_what_is_no_longer_secret_is_left_alone(text: str, secrets: list[str]) -> None:
    live = LiveSecrets()
    for secret in secrets:
        live.add(Secret(secret))
    for secret in secrets:
        live.discard(Secret(secret))
    assert live.redact(text) == text
