#!/usr/bin/env bash
# Download what the images install from the package index, and keep it in an image without an operating system:
#   deploy/airgap/wheels.sh IMAGE
# PYTHON_VERSION (3.13) is the version in PYTHON_IMAGE; UV names the program of that name. Versions are those of constraints.txt.
set -euo pipefail
image=$1
version=${PYTHON_VERSION:-3.13}
uv=${UV:-uv}
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
machine=$(uname -m)
cache=${SATARK_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/satark}/wheels-$version

# What glibc 2.41 and every older one can load.
platforms=()
for minor in $(seq 41 -1 5); do platforms+=(--platform "manylinux_2_${minor}_$machine"); done
for old in manylinux2014 manylinux2010 manylinux1; do platforms+=(--platform "${old}_$machine"); done

mkdir -p "$cache"
projects=(schemas/pyproject.toml libs/{runtime,sandesh,uve}/pyproject.toml services/*/pyproject.toml simulators/pyproject.toml)
ours=()
for project in "${projects[@]}"; do ours+=(--no-emit-package "$(sed -n '0,/^name = "\(.*\)"/s//\1/p' "$project")"); done
"$uv" pip compile --quiet --no-header --no-annotate --no-emit-index-url --python-version "$version" \
  --python-platform "$machine-manylinux_2_40" --constraint constraints.txt --group pyproject.toml:images \
  "${projects[@]}" "${ours[@]}" --output-file "$cache/requirements.txt" >/dev/null

recipe=$(cat "$0" "$cache/requirements.txt" <(echo "$machine") | sha256sum | cut -c1-16)
has=$(docker image inspect --format '{{index .Config.Labels "satark.recipe"}}' "$image" 2>/dev/null || true)
if [[ $has == "$recipe" ]]; then
  echo "$image: up to date"
  exit
fi

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
mkdir -p "$cache/all" "$context/wheels"
"${PYTHON:-python3}" -m pip download --quiet --no-deps --only-binary :all: --python-version "$version" "${platforms[@]}" \
  --find-links "$cache/all" --requirement "$cache/requirements.txt" --dest "$context/wheels"
cp --update "$context/wheels"/* "$cache/all"
printf 'FROM scratch\nCOPY wheels /wheels\nCMD ["none"]\n' >"$context/Dockerfile"
docker build --quiet --label "satark.recipe=$recipe" --tag "$image" "$context" >/dev/null
echo "$image: made from $(find "$context/wheels" -name '*.whl' | wc -l) wheels for Python $version on $machine"
