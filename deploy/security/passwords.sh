#!/bin/sh
# Makes the passwords and keys that the secured stack needs besides certificates, each in a file of its own.
#
#   deploy/security/passwords.sh [FOLDER]
#
# Run it after certificates.sh, with the same FOLDER. What is there stays: to change one, remove its file, run this again,
# `docker compose ... run --rm rights`, and restart the part. Nothing is printed but names of files.
set -eu
umask 077

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/made}

# secret FILE [BEFORE]: a new secret of 256 bits in a file that is not there yet.
secret() {
  [ -s "$1" ] && return
  printf '%s%s\n' "${2:-}" "$(openssl rand -hex 32)" >"$1"
  echo "made     $1"
}

mkdir -p "$folder/admin/users"
for name in poller detector notifier gateway analytics operator topics; do
  secret "$folder/$name/kafka-password"
  # As kafka-configs.sh reads it: no command line ever shows a password.
  printf 'SCRAM-SHA-512=iterations=8192,password=%s\n' "$(cat "$folder/$name/kafka-password")" >"$folder/admin/users/satark-$name"
done

secret "$folder/analytics/alarm-token-key"
secret "$folder/analytics/credentials" "operate operator "
secret "$folder/notifier/links-keys"
cp "$folder/notifier/links-keys" "$folder/analytics/links-keys"
# The demo's; the token of an orchestrator is yours to put into poller/vco-token.
secret "$folder/simulate-vco/vco-token"
cp "$folder/simulate-vco/vco-token" "$folder/poller/demo-vco-token"

cat >"$folder/admin/admin.properties" <<'PROPERTIES'
security.protocol=SSL
ssl.keystore.type=PEM
ssl.keystore.location=/run/secrets/both.pem
ssl.truststore.type=PEM
ssl.truststore.location=/run/secrets/ca.pem
PROPERTIES
cp "$folder/admin/admin.properties" "$folder/kafka/admin.properties"

if [ "$(id -u)" = 0 ]; then
  grep -Ev '^[[:space:]]*(#|$)' "$here/parts.conf" | while read -r name user _; do chown -R "$user:$user" "$folder/$name"; done
fi
