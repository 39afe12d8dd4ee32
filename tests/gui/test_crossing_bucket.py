"""Dropped on the window, read from the bucket by another program: window, engine, sandbox, S3."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec
import pytest

from ferrygate.app.automation.first_sign_in import fill_in, sign_in
from ferrygate.app.automation.window_driver import driven
from ferrygate.sandbox.settings import Partial, Settings
from gui.test_crossing import real_options

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from support.held_s3 import HeldS3
    from support.s3_fixtures import MotoBucket
    from support.sandbox_fixtures import MakeSandbox

pytestmark = [pytest.mark.gui, pytest.mark.sandbox, pytest.mark.slow]
MIB = 1 << 20


def test_a_dropped_file_is_an_object_once_it_is_whole_and_not_before(
    moto_bucket: MotoBucket,
    held_s3: HeldS3,
    make_sandbox: MakeSandbox,
    tmp_path: Path,
    qtbot: QtBot,  # noqa: ARG001  the application
) -> None:
    place = msgspec.structs.replace(moto_bucket.options, endpoint_url=held_s3.address)
    box = make_sandbox(period=3, bucket=place)
    options = real_options(box.ready, tmp_path)
    content = os.urandom(30 * MIB)
    (tmp_path / "plate.bin").write_bytes(content)
    with driven(options) as (desktop, driver):
        fill_in(driver, desktop, options)
        sign_in(driver, desktop)
        held_s3.hold()
        driver.drop([tmp_path / "plate.bin"], driver.empty_place())
        driver.wait_for("a part at S3", held_s3.waiting.is_set)
        assert moto_bucket.open_uploads() == ["vendor7/plate.bin"]
        assert moto_bucket.keys() == []
        held_s3.release()
        transfers = desktop.workspace.transfers
        driver.wait_for("delivery", lambda: transfers.delivered == 1)
        assert moto_bucket.content("vendor7/plate.bin") == content
        driver.wait_for("the name", lambda: driver.is_listed(b"plate.bin"))
    assert moto_bucket.open_uploads() == []


@pytest.mark.parametrize("partial", Partial)
def test_a_cut_leaves_what_had_come_and_the_file_is_sent_again(
    moto_bucket: MotoBucket,
    make_sandbox: MakeSandbox,
    tmp_path: Path,
    qtbot: QtBot,  # noqa: ARG001  the application
    partial: Partial,
) -> None:
    moto_bucket.keep_versions()
    box = make_sandbox(period=3, bucket=moto_bucket.options, settings=Settings(partial=partial))
    options = real_options(box.ready, tmp_path)
    content = os.urandom(30 * MIB)
    (tmp_path / "plate.bin").write_bytes(content)
    with driven(options) as (desktop, driver):
        fill_in(driver, desktop, options)
        sign_in(driver, desktop)
        box.faults.cut_after(22 * MIB)
        driver.drop([tmp_path / "plate.bin"], driver.empty_place())
        # Not delivery: where nothing was left, a part may show itself later, and is looked for.
        whole = {"vendor7/plate.bin": len(content)}
        driver.wait_for("the object", lambda: moto_bucket.sizes() == whole)
    latest, *before = moto_bucket.versions("vendor7/plate.bin")
    assert latest == content
    if partial is Partial.KEEP:
        (part,) = before
        assert 8 * MIB < len(part) < 22 * MIB
        assert content.startswith(part)
    else:
        assert before == []
    assert moto_bucket.open_uploads() == []
