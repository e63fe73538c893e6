#!/bin/sh
# The image's steps in a bare Debian root, as root: sh deploy/image/in-a-bare-root.sh FOLDER
#
# Where no container engine runs this shows what one would: a package that is missing, a file that
# is not copied, a folder that must be written. It ends with the version of the program, made there
# by the image's user with nothing but its own folder to write to.

set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
root=$1

command -v debootstrap >/dev/null || { echo "apt install debootstrap" >&2; exit 2; }
[ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase bookworm "$root"
cp /etc/resolv.conf "$root/etc/resolv.conf"
rm -rf "$root/opt/myaccount"
mkdir -p "$root/opt/myaccount"
# What .dockerignore lets through.
(cd "$here" && tar -c --exclude=__pycache__ account bot carrier documents storage sandbox locales \
    deploy docs pyproject.toml requirements.lock README.md LICENSE CHANGELOG.md) |
    tar -x -C "$root/opt/myaccount"
run() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
run sh /opt/myaccount/deploy/image/install.sh packages python3 python3-venv ca-certificates tzdata
# The authorities that this machine trusts, where a proxy of its own stands before the indexes.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
run PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    sh /opt/myaccount/deploy/image/install.sh environment /opt/myaccount
run id myaccount >/dev/null 2>&1 || run sh /opt/myaccount/deploy/image/install.sh user
run setpriv --reuid=10001 --regid=10001 --clear-groups \
    env HOME=/var/lib/myaccount PYTHONDONTWRITEBYTECODE=1 \
    sh -c 'cd /var/lib/myaccount && /opt/myaccount/.venv/bin/myaccount texts'
du -sh "$root/opt/myaccount/.venv"
