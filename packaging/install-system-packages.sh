#!/bin/sh
# Install Debian packages without starting any daemon. Runs as root: install-system-packages.sh NAME...
set -eu

policy=/usr/sbin/policy-rc.d

# Debian asks this file before a package starts a service; 101 means "do not".
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$@" </dev/null
