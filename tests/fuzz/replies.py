"""``python -m fuzz.replies``: look for bytes of a server that a client does not bear.

With the fuzzer it goes on until it is stopped (``-max_total_time=300`` for five minutes); it takes
libFuzzer's options, and keeps what it finds in ``build/fuzz``. ``make test`` runs the same target
with bytes of hypothesis's choosing.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "build" / "fuzz"


def main(arguments: Sequence[str]) -> int:
    """Run the coverage-guided fuzzer, or say how to get it."""
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        sys.stderr.write(
            "The fuzzer is not installed. In a virtual environment of its own:\n"
            "  pip install atheris && pip install -e . && PYTHONPATH=tests python -m fuzz.replies\n"
        )
        return 2
    with atheris.instrument_imports(include=["ferrygate"]):
        target_module = importlib.import_module("fuzz.target")
    target = target_module.Target(FOLDER / "work")
    corpus = FOLDER / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for work in range(16):  # where it begins: each work, with an honest server
        begin = bytes([work, work >> 3, 0, work & 1])
        (corpus / f"honest-{work}").write_bytes(begin + b"\2" * 40)

    def run(data: bytes) -> None:
        target.run(data)

    program, *options = arguments
    found = f"-artifact_prefix={FOLDER}/"
    atheris.Setup([program, "-max_len=2048", "-len_control=0", found, *options, str(corpus)], run)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
