"""Changes what is kept on this computer about accounts; needs no open site and no session."""

from __future__ import annotations

from ferrygate.engine.messages.records import RecordRequest
from ferrygate.sign_in.ledger import Ledger


class RecordRequests:
    """Carries out what is asked of records. Owned by the engine's thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def obey(self, command: RecordRequest) -> None:
        """Carry out a request.

        Raises:
            SettingsError: the ledger cannot be written.
        """
        self._ledger.reset(command.site.account)
