#!/bin/sh
# What every target needs, made once; a second run finds it and downloads nothing.
# PYTHON names another Python (3.11 or later) than Debian's own.
set -eu

cd "$(dirname "$0")/.."
python=${PYTHON:-/usr/bin/python3}

say() { printf '%s\n' "$*"; }

fail() {
    say "$*" >&2
    exit 1
}

wanted_packages() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' packaging/system-packages.txt; }

missing_packages() {
    for package in $(wanted_packages); do
        status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$status" = installed ] || printf '%s ' "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_be_root() { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }

install_packages() {
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    may_be_root || fail "These system packages are missing: $missing
Install them with: sudo apt-get install --no-install-recommends $missing
Then run the same command again. Nothing has been changed."
    say "Installing system packages: $missing"
    # shellcheck disable=SC2086  # a list of names
    as_root sh packaging/install-system-packages.sh $missing
}

# A moved or half-made environment has another stamp, or none.
environment_key() {
    "$python" --version
    pwd -P
    sha256sum requirements.lock
}

make_environment() {
    [ -x "$(command -v "$python")" ] || fail "There is no $python. Set PYTHON to a Python 3.11 or later."
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$python is too old. Set PYTHON to a Python 3.11 or later."
    key=$(environment_key)
    [ "$(cat .venv/ferrygate-stamp 2>/dev/null || true)" != "$key" ] || return 0
    say "Making .venv with the locked packages (some 150 MB, once)"
    rm -rf .venv
    "$python" -m venv .venv
    pip="env PYTHONNOUSERSITE=1 .venv/bin/python -m pip --disable-pip-version-check --no-input --quiet"
    $pip install --require-hashes --requirement requirements.lock
    $pip install --no-deps --no-build-isolation --editable .
    # pip compiles what it copies, and this it does not copy. Where Python may not write, each
    # command would compile it anew: 100 ms.
    .venv/bin/python -m compileall -q gui/ferrygate
    say "$key" >.venv/ferrygate-stamp
}

if command -v dpkg-query >/dev/null; then
    install_packages
else
    say "This is no Debian: see packaging/system-packages.txt for the libraries Qt needs."
fi
make_environment
