#!/bin/sh
# Measures the sandbox's memory over an S3 that keeps its objects on disk. $1: GiB of the file.
set -eu

cd "$(dirname "$0")/.."
made=build/bench-s3
wanted=tests/bench/s3-requirements.txt
stamp=$(sha256sum "$wanted")
if [ "$(cat "$made/stamp" 2>/dev/null || true)" != "$stamp" ]; then
    echo "Making $made with the S3"
    rm -rf "$made"
    .venv/bin/python -m venv "$made/venv"
    "$made/venv/bin/python" -m pip --disable-pip-version-check --no-input --quiet \
        install --require-hashes --requirement "$wanted"
    echo "$stamp" >"$made/stamp"
fi
PYTHONPATH=tests .venv/bin/python -m bench.s3_memory "$made/venv/bin/localbucket" --gib "$1"
