#!/usr/bin/env bash
# Make every base image for a network without a registry, and print the lines for .env that name them:
#   deploy/airgap/make.sh >>.env
# Needs root, a Docker engine, debootstrap, Java's Maven and uv. What has not changed is not made again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export DEBIAN_SUITE=${DEBIAN_SUITE:-trixie}
kafka_version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$here/../kafka/pom.xml")
declare -A java=([bookworm]=17 [trixie]=21)
if [[ -z ${java[$DEBIAN_SUITE]:-} ]]; then
  echo "DEBIAN_SUITE=$DEBIAN_SUITE: one of ${!java[*]}" >&2
  exit 64
fi

python_image=satark-base-python:$DEBIAN_SUITE
kafka_image=satark-base-kafka:$kafka_version-$DEBIAN_SUITE
"$here/debian.sh" "$python_image" python3 python3-venv ca-certificates tzdata >&2
PYTHON_VERSION=$(docker run --rm --network none "$python_image" python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
export PYTHON_VERSION
wheels_image=satark-base-wheels:$PYTHON_VERSION
"$here/wheels.sh" "$wheels_image" >&2
JAVA_IMAGE=satark-base-java:$DEBIAN_SUITE JAVA_PACKAGE=openjdk-${java[$DEBIAN_SUITE]}-jre-headless \
  "$here/kafka.sh" "$kafka_image" >&2

printf '%s\n' "PYTHON_IMAGE=$python_image" "KAFKA_IMAGE=$kafka_image" "WHEELS_IMAGE=$wheels_image"
