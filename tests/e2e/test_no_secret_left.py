"""After any run, at the most talkative level, no secret stands anywhere it should not."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.program import Program, connection_file, program_for
from ferrygate.sandbox.sandbox import Sandbox
from support.process_tree import descendants
from support.sandbox_site import site_of

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]


def forms(secret: str) -> Iterator[bytes]:
    """Give the ways in which a secret could be written down."""
    raw = secret.encode()
    keys = [raw]
    if secret.isalnum() and secret.isupper():
        keys.append(base64.b32decode(secret + "=" * (-len(secret) % 8)))
    for key in keys:
        yield key
        yield base64.b64encode(key).rstrip(b"=")
        yield base64.b32encode(key).rstrip(b"=")
        yield key.hex().encode()


def places_with(secrets: list[str], places: dict[str, bytes]) -> list[str]:
    found = []
    for name, content in places.items():
        folded = content.lower()
        if any(form.lower() in folded for secret in secrets for form in forms(secret)):
            found.append(name)
    return found


def files_under(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_no_file_and_no_output_holds_a_secret(
    sandbox: Sandbox, bare: Program, private_home: Path, tmp_path: Path
) -> None:
    ready = sandbox.ready
    secrets = [ready.password.reveal(), ready.totp_secret.reveal(), "wrong-Passw0rd"]
    good = program_for(ready)
    good.environment["FERRYGATE_LOG"] = "debug"
    wrong = good.with_secrets("wrong-Passw0rd", ready.totp_secret.reveal())
    site = connection_file(tmp_path, site_of(ready))
    (tmp_path / "report.csv").write_text("a,b\n1,2\n", encoding="utf-8")

    outcomes = [
        good("put", site, tmp_path / "report.csv", "/inbox", "--json", "--verbose"),
        wrong("ls", site, "--verbose", "--json"),
        good("get", site, "/inbox/report.csv", "/nowhere", tmp_path / "back", "--verbose"),
        good("sites", "import", site),
        good("sites", "show", "Sandbox", "--json"),
        good("code", site, "--json"),
        bare("ls", site),
    ]
    assert [outcome.returncode for outcome in outcomes] == [0, 3, 1, 0, 0, 0, 2]
    files = files_under(private_home)
    assert any(name.endswith("ferrygate.log") for name in files)
    log = next(content for name, content in files.items() if name.endswith("ferrygate.log"))
    assert b"DEBUG ferrygate.ssh" in log
    assert b"INFO ferrygate.sign_in: answered: refused (method password)" in log
    assert b"INFO ferrygate.sign_in: answered: accepted (method password)" in log
    said = {
        f"{number} {stream}": text.encode()
        for number, outcome in enumerate(outcomes)
        for stream, text in (("out", outcome.stdout), ("err", outcome.stderr))
    }
    assert places_with(secrets, files | said) == []
    assert places_with(secrets, files_under(ready.root.parent.parent / "state")) == []


def test_no_child_is_given_a_secret(bare: Program, tmp_path: Path) -> None:
    given = ["given-Passw0rd", "JBSWY3DPEHPK3PXP"]
    program = bare.with_secrets(*given)
    with program.running("demo", "--offscreen", tmp_path) as process:
        held: dict[str, bytes] = {}
        while not any(b"sandbox" in content for content in held.values()):  # it has begun to run
            assert process.poll() is None
            held = {
                f"{child} {name}": content
                for child in descendants(process.pid)
                for name in ("cmdline", "environ")
                if (content := Path(f"/proc/{child}/{name}").read_bytes())
            }
        process.terminate()
        process.wait(20)
    assert places_with(given, held) == []
