#!/bin/sh
# Servers for tests, unpacked under build/ once: no daemon, no port 22, no account.
set -eu

cd "$(dirname "$0")/.."
servers=build/servers
# Each by name: apt-get download takes nothing along that a package needs.
packages="openssh-server libpam-google-authenticator proftpd-core proftpd-mod-crypto proftpd-mod-sqlite
libhashkit2 libhiredis0.14 libmemcached11 libmemcachedutil2 libpcre2-posix3 libsodium23"

command -v dpkg-deb >/dev/null || {
    echo "This is no Debian: tests against OpenSSH and ProFTPD find no server here."
    exit 0
}
[ "$(cat "$servers/.complete" 2>/dev/null || true)" != "$packages" ] || exit 0

echo "Unpacking OpenSSH, google-authenticator and ProFTPD for tests"
rm -rf "$servers"
mkdir -p "$servers/archives"
(
    cd "$servers/archives"
    # shellcheck disable=SC2086  # a list of names
    apt-get -qq -o APT::Sandbox::User= download $packages
) || {
    echo "apt-get found no package to download. Run apt-get update as root, then the same command again." >&2
    exit 1
}
for archive in "$servers"/archives/*.deb; do
    dpkg-deb --extract "$archive" "$servers"
done
printf '%s\n' "$packages" >"$servers/.complete"
