"""Writes down what clients do, in the form of AWS Transfer's log, one JSON object a line.

Source: AWS Transfer Family user guide, "Amazon CloudWatch logging for AWS Transfer Family
servers". The fields' names are AWS's; no line holds a secret.
"""

from __future__ import annotations

import json
import secrets
from enum import StrEnum
from pathlib import Path

from ferrygate.sandbox.local_lambda import SERVER_ID

_SERVER_ARN = f"arn:aws:transfer:us-east-1:000000000000:server/{SERVER_ID}"


class Activity(StrEnum):
    """Names kinds of activity, as AWS Transfer does."""

    AUTH_FAILURE = "AUTH_FAILURE"
    CONNECTED = "CONNECTED"
    DISCONNECTED = "DISCONNECTED"
    ERROR = "ERROR"
    OPEN = "OPEN"
    CLOSE = "CLOSE"
    PARTIAL_CLOSE = "PARTIAL_CLOSE"
    DELETE = "DELETE"
    MKDIR = "MKDIR"
    RENAME = "RENAME"
    RMDIR = "RMDIR"
    SETSTAT = "SETSTAT"


class ActivityLog:
    """Appends to a file.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, activity: Activity, session_id: str, **fields: str | int) -> None:
        """Add one line; a field's name has underscores for AWS's hyphens."""
        line = {
            "activity-type": activity.value,
            **{name.replace("_", "-"): value for name, value in fields.items()},
            "resource-arn": _SERVER_ARN,
            "session-id": session_id,
        }
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


class SessionLog:
    """Appends what one connection does."""

    def __init__(self, log: ActivityLog) -> None:
        self._log = log
        self._session_id = secrets.token_hex(8)

    def append(self, activity: Activity, **fields: str | int) -> None:
        """Add one line about this connection."""
        self._log.append(activity, self._session_id, **fields)
