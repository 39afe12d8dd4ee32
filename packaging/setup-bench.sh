#!/bin/sh
# Makes, once, all that `make bench` needs besides the tests' servers and clients; a second run
# downloads nothing. As root, the slow link's emulator is compiled; a missing compiler is installed.
set -eu

cd "$(dirname "$0")/.."
source=tests/bench/tundelay.c
emulator=build/bench/tundelay

can_compile() { command -v gcc && command -v ip && [ -e /usr/include/linux/if_tun.h ]; } >/dev/null

compile_emulator() {
    [ "$(id -u)" -eq 0 ] && [ -e /dev/net/tun ] || {
        echo "Without root and /dev/net/tun, a delay proxy stands in for the slow link."
        return 0
    }
    if ! can_compile && command -v dpkg-query >/dev/null; then
        echo "Installing system packages: gcc iproute2 libc6-dev"
        sh packaging/install-system-packages.sh gcc iproute2 libc6-dev
    fi
    can_compile || {
        echo "Without gcc and ip, a delay proxy stands in for the slow link."
        return 0
    }
    [ "$(find "$emulator" -newer "$source" 2>/dev/null)" ] ||
        gcc -std=gnu11 -O2 -Wall -Wextra -Werror -pthread -o "$emulator" "$source"
}

mkdir -p build/bench
command -v dpkg-deb >/dev/null ||
    echo "This is no Debian: the bench compares with lftp, rclone and psftp where they are on the path."
compile_emulator
