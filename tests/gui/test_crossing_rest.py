"""A folder that is cancelled half way, and its rest: window, engine and sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferrygate.app.automation.first_sign_in import fill_in, sign_in
from ferrygate.app.automation.window_driver import driven
from ferrygate.app.presenters.batch_outcome import BatchOutcome
from gui.test_crossing import options  # noqa: F401  the fixture

if TYPE_CHECKING:
    from pathlib import Path

    from ferrygate.app.options import AppOptions
    from ferrygate.sandbox.sandbox import Sandbox

pytestmark = [pytest.mark.gui, pytest.mark.sandbox]

COUNT = 400


@pytest.mark.slow
def test_the_rest_of_a_folder_that_was_cancelled_is_sent_by_a_click(
    options: AppOptions,  # noqa: F811
    sandbox: Sandbox,
    tmp_path: Path,
) -> None:
    source = tmp_path / "plates"
    source.mkdir()
    for number in range(COUNT):
        (source / f"{number}.csv").write_text(f"{number}")
    arrived = sandbox.ready.root / "inbox" / "plates"
    with driven(options) as (desktop, driver):
        fill_in(driver, desktop, options)
        sign_in(driver, desktop)
        driver.open_folder(b"inbox")
        driver.wait_for_folder(b"/inbox")
        driver.drop([source], driver.empty_place())
        transfers = desktop.workspace.transfers
        driver.wait_for("some files", lambda: any(arrived.glob("*.csv")))
        driver.click("Cancel “plates”")
        driver.wait_for("the end", lambda: driver.shows("Needs attention 1"))
        (batch,) = transfers._batches.values()
        assert batch.outcome is BatchOutcome.PARTLY
        there = len([*arrived.iterdir()])
        assert 0 < there < COUNT
        driver.wait_for("the sum", lambda: driver.shows(f"Cancelled · {there:,} "))
        driver.click("Send the rest of “plates”")
        driver.wait_for("delivery", lambda: transfers.delivered == 1)
        assert driver.shows("Needs attention 0")
    sent = {path.name: path.read_text() for path in arrived.iterdir()}
    assert sent == {f"{number}.csv": f"{number}" for number in range(COUNT)}
