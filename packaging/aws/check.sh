#!/bin/sh
# Scans all deploys of the template with checkov and CloudFormation Guard, in an environment of its own.
set -eu

cd "$(dirname "$0")/../.."
made=build/check-aws
stamp=$(sha256sum packaging/aws/check-requirements.txt)
if [ "$(cat "$made/stamp" 2>/dev/null || true)" != "$stamp" ]; then
    echo "Making $made with the scanners (some 300 MB, once)"
    rm -rf "$made"
    .venv/bin/python -m venv "$made/venv"
    "$made/venv/bin/python" -m pip --disable-pip-version-check --no-input --quiet \
        install --requirement packaging/aws/check-requirements.txt
    echo "$stamp" >"$made/stamp"
fi
rm -rf "$made/deploys"
PYTHONPATH=tests .venv/bin/python -m aws.template_written "$made/deploys"
"$made/venv/bin/python" packaging/aws/check_deploys.py "$made/deploys"
