#!/bin/sh
# Makes the function's one file and the template with it: lambda.sh [HOMES_FILE].
# Where "make setup" did not run, PyYAML is all that is needed, and gets an environment of its own.
# PYTHON names another Python (3.11 or later) than the one in PATH.
set -eu

cd "$(dirname "$0")/../.."

own_environment() {
    made=build/lambda
    base=${PYTHON:-python3}
    # A pinned package's lines, of which each but the last ends in a backslash.
    wanted=$(sed -n '/^pyyaml==/,/[^\\]$/p' requirements.lock)
    [ "$(cat "$made/made" 2>/dev/null || true)" != "$wanted" ] || return 0
    if ! "$base" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        echo "$base is no Python 3.11 or later. Set PYTHON to one." >&2
        exit 1
    fi
    echo "Making $made with PyYAML (once)"
    rm -rf "$made"
    "$base" -m venv "$made"
    echo "$wanted" >"$made/requirements.txt"
    "$made/bin/python" -m pip --disable-pip-version-check --no-input --quiet \
        install --require-hashes --requirement "$made/requirements.txt"
    echo "$wanted" >"$made/made"
}

python=.venv/bin/python
if [ ! -e .venv/ferrygate-stamp ]; then
    own_environment
    python=build/lambda/bin/python
fi
exec "$python" packaging/aws/build_lambda.py "$@"
