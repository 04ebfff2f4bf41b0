#!/usr/bin/env bash
# Make an image of Apache Kafka from Debian's Java and Kafka's jar files, which Maven resolves:
#   deploy/airgap/kafka.sh IMAGE
# JAVA_IMAGE names the image that Java is kept in, JAVA_PACKAGE Debian's package.
set -euo pipefail
image=$1
java_image=${JAVA_IMAGE:-satark-base-java:trixie}
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$here/../kafka/pom.xml")

"$here/debian.sh" "$java_image" "${JAVA_PACKAGE:-openjdk-21-jre-headless}"
base=$(docker image inspect --format '{{.Id}}' "$java_image")
recipe=$(cat "$0" "$here"/kafka/* "$here/../kafka/pom.xml" <(echo "$base") | sha256sum | cut -c1-16)
has=$(docker image inspect --format '{{index .Config.Labels "satark.recipe"}}' "$image" 2>/dev/null || true)
if [[ $has == "$recipe" ]]; then
  echo "$image: up to date"
  exit
fi

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
cp "$here"/kafka/* "$context"
mvn -B -q -Dstyle.color=never -f "$here/kafka/pom.xml" dependency:copy-dependencies -DoutputDirectory="$context/jars"
chmod 0755 "$context/broker" "$context/tool"
chmod -R a+rX "$context"
docker build --quiet --build-arg JAVA_IMAGE="$java_image" --build-arg KAFKA_VERSION="$version" \
  --label "satark.recipe=$recipe" --tag "$image" "$context" >/dev/null
echo "$image: made from $java_image and Kafka $version"
