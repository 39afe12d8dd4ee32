"""Files that are already there, asked about at a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.program import Program
from e2e.screen import at_a_terminal

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]


@pytest.mark.slow
def test_a_person_answers_for_one_file_and_then_for_the_rest(bare: Program, tmp_path: Path) -> None:
    folder = tmp_path / "plates"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.csv").write_text("first")
    with bare.sandbox("--period", "3") as ready:
        ferrygate = bare.with_secrets(ready["password"], ready["totp_secret"])
        site = ready["connection_file"]
        assert ferrygate("put", site, folder, "/inbox/").returncode == 0
        for path in folder.iterdir():
            path.write_text("second, and longer")
        (folder / "new.csv").write_text("new")
        with at_a_terminal(ferrygate, "put", site, folder, "/inbox/") as screen:
            screen.wait_for("Your choice (r, k, s, c):")
            screen.type("r")
            screen.wait_for("For which files (a,")
            screen.type("o")
            screen.wait_for("Your choice (r, k, s, c):")
            screen.type("s")
            screen.wait_for("For which files (a,")
            screen.type("a")
            status = screen.end()
        arrived = Path(ready["root"]) / "inbox" / "plates"
        contents = sorted(path.read_text() for path in arrived.iterdir())
    assert contents == ["first"] * 4 + ["new", "second, and longer"]
    assert status == 1  # what was skipped has another size there
    assert "here: 18 bytes, Today " in screen.text
    assert "server: 5 bytes, Today " in screen.text
