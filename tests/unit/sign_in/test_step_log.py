"""No line that a sign-in writes into the log holds a secret, whatever the secret looks like."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import FerrygateError
from ferrygate.common.logs import LiveSecrets, open_log
from ferrygate.common.secret import Secret
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sign_in.step_record import StepRecord
from ferrygate.sign_in.steps import ReportStep
from support.attempt_rig import (
    CREDENTIALS,
    REFUSED,
    SECRET,
    AttemptRig,
    FakeConnection,
    asks,
    sign_in_by_prompts,
)
from support.secret_cases import CASES

# Spaces alone may stand in any text.
PASSWORDS = sorted({case.sent for case in CASES if case.sent and case.sent.strip()})


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Make a log whose filter knows no secret: the steps themselves have to hold none."""
    handler = open_log(tmp_path / "logs", LiveSecrets())
    logger = logging.getLogger("ferrygate.sign_in")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield tmp_path / "logs" / "ferrygate.log"
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)
    handler.close()


def sign_in(
    case: AttemptRig, credentials: Credentials, report: ReportStep, *, by_prompts: bool
) -> None:
    """Sign in to a server that refuses; a person answers a prompt with the password as well."""
    if not by_prompts:
        case.server = FakeConnection(password=REFUSED)
        case.sign_in(credentials=credentials, report=report)
        return
    assert credentials.password is not None
    case.report = report
    sign_in_by_prompts(
        case,
        asks("Password: ", "Code: "),
        asks("Colour?"),
        credentials=credentials,
        person={"Colour?": credentials.password.reveal()},
        verdict=REFUSED,
    )


@pytest.mark.parametrize("by_prompts", [False, True], ids=["password", "prompts"])
@pytest.mark.parametrize("sent", PASSWORDS, ids=ascii)
def test_no_line_holds_a_secret_of_any_kind(
    case: AttemptRig, log: Path, sent: str, *, by_prompts: bool
) -> None:
    credentials = msgspec.structs.replace(CREDENTIALS, password=Secret(sent))
    record = StepRecord(LiveSecrets().redact)
    code = case.code
    with pytest.raises(FerrygateError), record.failing():
        sign_in(case, credentials, record.add, by_prompts=by_prompts)
    assert any(sent in text for text in case.server.sent)
    written = log.read_text("utf-8")
    assert "answered: failed, sign-in-refused" in written
    for told in (written, record.text):
        assert code not in told
        assert SECRET.key.reveal() not in told
        assert sent not in told
