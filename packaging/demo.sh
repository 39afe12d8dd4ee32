#!/bin/sh
# Start the demo on the screen there is, or without one. Arguments go to `ferrygate demo`.
set -eu

cd "$(dirname "$0")/.."
export FERRYGATE_HOME="${FERRYGATE_HOME:-$PWD/build/demo-home}"

# Only Qt knows whether Qt can use the display; it aborts where it cannot.
has_display() {
    [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] &&
        .venv/bin/python -c 'from PySide6.QtGui import QGuiApplication; QGuiApplication([])' \
            >/dev/null 2>&1
}

if [ $# -eq 0 ] && has_display; then
    exec .venv/bin/ferrygate demo
fi

runtime=$(mktemp -d)
trap 'rm -rf "$runtime"' EXIT
trap 'exit 130' HUP INT TERM
export XDG_RUNTIME_DIR="$runtime"
[ $# -gt 0 ] || set -- --offscreen build/demo
rm -rf build/demo  # the pictures of an earlier run, some of which none makes any more
.venv/bin/ferrygate demo "$@"
