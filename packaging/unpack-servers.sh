#!/bin/sh
# Servers for tests, unpacked under build/ once: no daemon, no port 22, no account.
set -eu

cd "$(dirname "$0")/.."
packages="openssh-server libpam-google-authenticator proftpd-core proftpd-mod-crypto proftpd-mod-sqlite
libhashkit2 libhiredis0.14 libmemcached11 libmemcachedutil2 libpcre2-posix3 libsodium23"

command -v dpkg-deb >/dev/null || {
    echo "This is no Debian: tests against OpenSSH and ProFTPD find no server here."
    exit 0
}
sh packaging/unpack-packages.sh build/servers \
    "Unpacking OpenSSH, google-authenticator and ProFTPD for tests" "$packages"
