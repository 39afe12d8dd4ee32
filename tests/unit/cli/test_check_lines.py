"""The end of a check is the same four lines whatever was found, to be read out on the phone."""

from __future__ import annotations

import pytest

from ferrygate.access_check.stages import Party, Stage, StageOutcome, StageResult
from ferrygate.access_check.verdict import verdict_on
from ferrygate.cli.check_lines import CheckPrinter
from ferrygate.cli.terminal import Terminal
from ferrygate.common.message import message

Capture = pytest.CaptureFixture[str]

KEY = StageResult(
    stage=Stage.HOST_KEY,
    outcome=StageOutcome.FAILED,
    sentence=message("Another key."),
    who=Party.CONTACT,
    next_step=message("Compare."),
)
FOLDER = StageResult(
    stage=Stage.HOME_FOLDER,
    outcome=StageOutcome.FAILED,
    sentence=message("No folder."),
    who=Party.CONTACT,
)
SKIPPED = tuple(
    StageResult(stage=stage, outcome=StageOutcome.NOT_REACHED, sentence=message("Not asked for."))
    for stage in (Stage.SIGN_IN, Stage.WRITE_PROBE)
)
SIGNED_IN = StageResult(
    stage=Stage.SIGN_IN, outcome=StageOutcome.PASSED, sentence=message("Accepted.")
)


def printed(terminal: Terminal, capture: Capture, *results: StageResult) -> list[str]:
    """Print a check, and return its last five lines."""
    printer = CheckPrinter(terminal)
    for result in results:
        printer.stage(result)
    printer.end(verdict_on(results))
    return capture.readouterr().out.splitlines()[-5:]


def test_a_failure_ends_with_stage_sentence_party_and_step(
    terminal: Terminal, capsys: Capture
) -> None:
    terminal.contact = "help@example.org"
    assert printed(terminal, capsys, KEY) == [
        "",
        "Failed at: The server's key",
        "Another key.",
        "Whose move it is: Your contact (help@example.org)",
        "What to do: Compare.",
    ]


def test_a_failure_without_a_step_of_its_own_says_who_is_told(
    terminal: Terminal, capsys: Capture
) -> None:
    assert printed(terminal, capsys, SIGNED_IN, FOLDER)[-1] == (
        "What to do: Tell your contact what is said here."
    )


@pytest.mark.parametrize("verbose", [False, True])
def test_a_check_without_a_sign_in_says_which_option_is_next(
    terminal: Terminal, capsys: Capture, *, verbose: bool
) -> None:
    terminal.verbose = verbose
    assert printed(terminal, capsys, *SKIPPED) == [
        "",
        "Failed at: nothing",
        "Everything before the sign-in is in order. The sign-in was not tried.",
        "Whose move it is: nobody's",
        "What to do: If you cannot sign in, check again with --sign-in.",
    ]


def test_a_sign_in_that_works_leads_to_the_folder_and_then_nowhere(
    terminal: Terminal, capsys: Capture
) -> None:
    assert "--write" in printed(terminal, capsys, SIGNED_IN, SKIPPED[1])[-1]
    assert printed(terminal, capsys, SIGNED_IN)[-1] == "What to do: nothing"
