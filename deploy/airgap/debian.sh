#!/usr/bin/env bash
# Import a small Debian with the given packages into the Docker engine as an image:
#   deploy/airgap/debian.sh IMAGE PACKAGE...
# Needs root and debootstrap. DEBIAN_SUITE (trixie) says which Debian, DEBIAN_MIRROR from where (debootstrap's default),
# DEBIAN_SECURITY_MIRROR, where set, from where the security updates come.
set -euo pipefail
image=$1
shift
packages=("$@")
suite=${DEBIAN_SUITE:-trixie}
cache=${SATARK_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/satark}/debian-$suite
recipe=$(cat "$0" <(echo "$suite" "${packages[@]}" "${DEBIAN_SECURITY_MIRROR:-}") | sha256sum | cut -c1-16)

has=$(docker image inspect --format '{{index .Config.Labels "satark.recipe"}}' "$image" 2>/dev/null || true)
if [[ $has == "$recipe" ]]; then
  echo "$image: up to date"
  exit
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$cache"
wanted=$(IFS=,; echo "${packages[*]}")
# shellcheck disable=SC2086 # without a mirror there is no argument
if ! debootstrap --variant=minbase --cache-dir="$cache" --include="$wanted" "$suite" "$root" ${DEBIAN_MIRROR:-} >"$cache/log" 2>&1; then
  tail -n 40 "$cache/log" "$root/debootstrap/debootstrap.log" >&2
  exit 1
fi
if [[ -n ${DEBIAN_SECURITY_MIRROR:-} ]]; then
  echo "deb $DEBIAN_SECURITY_MIRROR $suite-security main" >"$root/etc/apt/sources.list.d/security.list"
  chroot "$root" sh -c 'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy upgrade' >>"$cache/log"
  rm "$root/etc/apt/sources.list.d/security.list"
fi

# What only the installation needed; of the documentation the licences stay.
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* "$root"/debootstrap \
  "$root"/usr/share/{man,info,locale,lintian} "$root"/etc/{machine-id,hostname,resolv.conf}
find "$root/usr/share/doc" -not -name copyright -not -type d -delete
if [[ -x $root/usr/bin/python3 ]]; then
  ln -s /usr/bin/python3 "$root/usr/local/bin/python"
fi

tar --directory "$root" --numeric-owner --sort=name --create . \
  | docker import --change "LABEL satark.recipe=$recipe" --change 'ENV LANG=C.UTF-8' --change 'CMD ["bash"]' - "$image" >/dev/null
echo "$image: made from Debian $suite"
