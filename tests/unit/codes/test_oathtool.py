"""Codes compared with those of oathtool, which shares no code with the library that makes ours."""

from __future__ import annotations

import random
import shutil
import subprocess

from ferrygate.codes.keys import encode_key
from ferrygate.codes.totp import ALGORITHMS, CodeSecret, live_code

SECRETS = 1_000
# One shell for all: to start a thousand programs from here would take longer.
EACH_LINE = """while read -r algorithm digits period now key; do
  "$0" --totp="$algorithm" --digits="$digits" --time-step-size="${period}s" --now="@$now" \\
    --base32 "$key"
done"""


def test_the_codes_of_1000_random_secrets_are_those_of_oathtool() -> None:
    oathtool = shutil.which("oathtool")
    assert oathtool, "oathtool is missing: packaging/system-packages.txt names it"
    chance = random.Random(4226)  # noqa: S311  the same secrets in each run
    cases = [
        (
            CodeSecret(
                key=encode_key(chance.randbytes(chance.randint(1, 64))),
                digits=chance.randint(6, 8),
                period=chance.choice([5, 30, 60, chance.randint(1, 999)]),
                algorithm=chance.choice(ALGORITHMS),
            ),
            chance.randint(0, 2**33),
        )
        for _ in range(SECRETS)
    ]
    lines = "".join(
        f"{secret.algorithm} {secret.digits} {secret.period} {now} {secret.key.reveal()}\n"
        for secret, now in cases
    )
    told = subprocess.run(
        ["/bin/sh", "-c", EACH_LINE, oathtool],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stderr == ""
    assert told.stdout.split() == [live_code(secret, now).code for secret, now in cases]
