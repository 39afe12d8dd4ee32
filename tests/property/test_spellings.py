"""Whatever an account is called and however attempts end, the account is not locked."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import LockOutBreakerError
from ferrygate.common.threads import SystemThreads
from ferrygate.sign_in.attempt_slot import attempt_slot
from ferrygate.sign_in.ledger import End, Ledger
from ferrygate.sites.site import SignInSettings, Site
from support.fake_clock import ManualClock

OKTA = SignInSettings(okta_address="https://x.okta.com")
SPELLINGS = [
    Site(name="s", host="sftp.example.org", username="exports"),
    Site(name="s", host="SFTP.example.org.", username="Exports"),
    Site(name="s", host="10.0.0.1", port=2222, username="exports"),
    Site(name="s", host="sftp.example.org", username="exports", sign_in=OKTA),
    Site(name="s", host="10.0.0.1", username="exports@vendor.org", sign_in=OKTA),
]
FINGERPRINT = "SHA256:key"


class Alone:
    """The one process there is."""

    me = "p1"

    def is_running(self, name: str) -> bool:
        return name == self.me


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(st.sampled_from(SPELLINGS), st.sampled_from(End), st.booleans()), max_size=10
    )
)
def test_refusals_since_the_last_success_stay_below_the_lock(
    attempts: list[tuple[Site, End, bool]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger", ManualClock(), Alone(), bytes)
        refused = 0
        for site, end, word in attempts:
            sent = _attempt(ledger, site, end, try_anyway=word)
            assert sent is (refused < (4 if word else 2))
            if sent and end is End.ACCEPTED:
                refused = 0
            elif sent and end is End.REFUSED:
                refused += 1


def _attempt(ledger: Ledger, site: Site, end: End, *, try_anyway: bool) -> bool:
    """Make an attempt that ends so; tell whether the breaker let it send something."""
    clock, cancel = ManualClock(), CancelToken(SystemThreads())
    try:
        with attempt_slot(ledger, site.account, clock, cancel, try_anyway=try_anyway) as slot:
            assert slot.count_at(site, FINGERPRINT)
            slot.sending()
            slot.end = end
    except LockOutBreakerError:
        return False
    return True
