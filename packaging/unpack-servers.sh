#!/bin/sh
# Servers and other clients for tests, unpacked under build/ once: no daemon, no port 22, no account.
set -eu

cd "$(dirname "$0")/.."
packages="openssh-server libpam-google-authenticator proftpd-core proftpd-mod-crypto proftpd-mod-sqlite
libhashkit2 libhiredis0.14 libmemcached11 libmemcachedutil2 libpcre2-posix3 libsodium23"

command -v dpkg-deb >/dev/null || {
    echo "This is no Debian: tests with OpenSSH, ProFTPD, lftp and rclone find none of them here."
    exit 0
}
sh packaging/unpack-packages.sh build/servers \
    "Unpacking OpenSSH, google-authenticator and ProFTPD for tests" "$packages"
# Their libraries are there with apt and Python.
sh packaging/unpack-packages.sh build/peers \
    "Unpacking lftp, PuTTY and rclone for tests and the bench" "lftp putty-tools rclone"
