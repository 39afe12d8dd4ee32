#!/bin/sh
# Prove the two commands on a bare Debian 12: check-bare.sh [TARGET...], by default "demo test".
# Runs as root. Makes build/bare/root with debootstrap, clones this repository into it, runs
# `make TARGET` for each target, then once more without any network. Packages come from where this
# machine's apt takes them, else from debootstrap's default; MIRROR names another place. This
# machine's apt and pip configuration is lent to the inside for the time of the run.
set -eu

cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo "check-bare.sh makes a chroot, which needs root." >&2; exit 1; }

# Mounts and processes of the run end with it, whatever happens.
if [ "${CHECK_BARE_INSIDE:-}" != 1 ]; then
    exec env CHECK_BARE_INSIDE=1 unshare --mount --pid --fork --kill-child \
        --propagation private sh "packaging/$(basename "$0")" "$@"
fi

targets=${*:-demo test}
root=$PWD/build/bare/root

# Where apt here takes Debian 12 from; empty on a machine that has another Debian, or no apt.
apt_mirror() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' \
        2>/dev/null | head -n 1
}
mirror=${MIRROR:-$(apt_mirror)}

if [ ! -e build/bare/complete ]; then
    rm -rf build/bare
    mkdir -p build/bare
    debootstrap --variant=minbase --include=ca-certificates,git,make,python3 bookworm "$root" \
        ${mirror:+"$mirror"}
    : >build/bare/complete
fi

mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"

# Lend a file of this machine under the same path, where there is one.
lend() {
    [ -e "$1" ] || return 0
    mkdir -p "$root$(dirname "$1")"
    cp -rL --remove-destination "$1" "$root$(dirname "$1")/"
}
lend /etc/resolv.conf
lend /etc/hosts
lend /etc/pip.conf
lend /etc/ssl/certs/ca-certificates.crt
lend "${PIP_CERT:-/nonexistent}"
lend "${PIP_CONFIG_FILE:-/nonexistent}"
lend "$HOME/.config/pip"
lend "$HOME/.pip"
for setting in /etc/apt/apt.conf.d/99*; do lend "$setting"; done
if [ -e /etc/apt/sources.list.d/debian.sources ]; then
    rm -f "$root/etc/apt/sources.list"
    lend /etc/apt/sources.list.d/debian.sources
fi

place=/srv/ferrygate-$$
rm -rf "$root"/srv/ferrygate-*
git clone --quiet --no-hardlinks . "$root$place"

# Run make inside, as a newcomer would; what stands before `env` decides about the network.
inside='env --unset=DISPLAY --unset=WAYLAND_DISPLAY --unset=XDG_RUNTIME_DIR --unset=PIP_FIND_LINKS
    PATH=/usr/sbin:/usr/bin:/sbin:/bin CI=true chroot '"$root"' make --directory='"$place"

for target in $targets; do
    echo "== make $target"
    $inside "$target" </dev/null
done
for target in $targets; do
    echo "== make $target, without a network"
    unshare --net sh -c 'ip link set lo up && exec "$@"' sh $inside "$target" </dev/null
done
echo "Bare Debian: all well."
