#!/bin/sh
# Debian packages unpacked under build/ once: nothing is installed, no daemon, no port, no account.
# Arguments: the folder, what to say, and the packages in one word, each by its name, since
# apt-get download takes nothing along that a package needs.
set -eu

cd "$(dirname "$0")/.."
folder=$1 said=$2 packages=$3
[ "$(cat "$folder/.complete" 2>/dev/null || true)" != "$packages" ] || exit 0

echo "$said"
rm -rf "$folder"
mkdir -p "$folder/archives"
(
    cd "$folder/archives"
    # shellcheck disable=SC2086  # a list of names
    apt-get -qq -o APT::Sandbox::User= download $packages
) || {
    echo "apt-get found no package to download. Run apt-get update as root, then the same command again." >&2
    exit 1
}
for archive in "$folder"/archives/*.deb; do
    dpkg-deb --extract "$archive" "$folder"
done
printf '%s\n' "$packages" >"$folder/.complete"
