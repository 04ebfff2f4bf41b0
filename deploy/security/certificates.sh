#!/bin/sh
# Makes an authority and a certificate for each part of Satark, and makes them anew before they end.
#
#   deploy/security/certificates.sh [FOLDER] [--renew NAME]
#
# FOLDER (default: `made` beside this script) gets authority/ca.pem and authority/ca-key.pem, and for each part of
# parts.conf NAME/ca.pem, NAME/cert.pem, NAME/key.pem and NAME/both.pem (key and certificate, as Kafka wants them).
# Run it as often as you like: what is there and good for another 30 days, with the same names, stays. --renew makes one
# part's certificate and key anew at once. Restart a part after it got new files.
#
# The authority is good for ten years, a certificate for one. Keys are P-256, without a password, readable by their owner
# alone; run as root, the script gives each to the user of its container. Keep authority/ca-key.pem off the servers.
set -eu
umask 077

here=$(cd "$(dirname "$0")" && pwd)
folder=$here/made
renew=
while [ $# -gt 0 ]; do
  case $1 in
    --renew) renew=${2:?--renew needs a NAME}; shift 2 ;;
    -*) echo "certificates.sh: unknown option $1" >&2; exit 2 ;;
    *) folder=$1; shift ;;
  esac
done

CA_DAYS=3650
DAYS=365
LEFT_S=$((30 * 24 * 3600))
authority=$folder/authority

# openssl asks nothing and says little; what it says counts only when it fails.
quietly() {
  said=$("$@" 2>&1) || { echo "certificates.sh: $*: $said" >&2; exit 1; }
}

new_key() {
  quietly openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}

make_authority() {
  mkdir -p "$authority"
  new_key "$authority/ca-key.pem"
  quietly openssl req -new -x509 -key "$authority/ca-key.pem" -days "$CA_DAYS" -subj "/CN=Satark CA" -out "$authority/ca.pem" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign
  echo "made     $authority/ca.pem"
}

# alternatives NAME HOSTS: what a certificate is good for, in openssl's words.
alternatives() {
  printf 'DNS:satark-%s' "$1"
  [ "$2" = - ] || echo "$2" | tr ',' '\n' | while read -r host; do
    case $host in
      *:* | *[!0-9.]*) kind=DNS; case $host in *:*) kind=IP ;; esac ;;
      *) kind=IP ;;
    esac
    printf ',%s:%s' "$kind" "$host"
  done
}

# is_good NAME NAMES: whether the part's certificate lasts, is the authority's, and is for the same names.
is_good() {
  [ "$1" != "$renew" ] && [ -s "$folder/$1/both.pem" ] && [ -f "$folder/$1/names" ] &&
    [ "$(cat "$folder/$1/names")" = "$2" ] &&
    openssl x509 -in "$folder/$1/cert.pem" -noout -checkend "$LEFT_S" >/dev/null 2>&1 &&
    openssl verify -CAfile "$authority/ca.pem" "$folder/$1/cert.pem" >/dev/null 2>&1
}

make_part() {
  part=$folder/$1
  mkdir -p "$part"
  new_key "$part/key.new"
  cat >"$part/extensions" <<EXTENSIONS
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $2
EXTENSIONS
  quietly openssl req -new -key "$part/key.new" -subj "/CN=satark-$1" -out "$part/request"
  quietly openssl x509 -req -in "$part/request" -CA "$authority/ca.pem" -CAkey "$authority/ca-key.pem" -days "$DAYS" \
    -set_serial "0x$(openssl rand -hex 16)" -extfile "$part/extensions" -out "$part/cert.new"
  cat "$part/key.new" "$part/cert.new" >"$part/both.new"
  for kind in key cert both; do mv "$part/$kind.new" "$part/$kind.pem"; done
  echo "$2" >"$part/names"
  rm -f "$part/request" "$part/extensions"
  echo "made     $part/cert.pem  $2"
}

[ -s "$authority/ca-key.pem" ] || make_authority

grep -Ev '^[[:space:]]*(#|$)' "${PARTS:-$here/parts.conf}" | while read -r name user hosts; do
  names=$(alternatives "$name" "$hosts")
  if is_good "$name" "$names"; then echo "kept     $folder/$name/cert.pem"; else make_part "$name" "$names"; fi
  cp "$authority/ca.pem" "$folder/$name/ca.pem"
  if [ "$(id -u)" = 0 ]; then chown -R "$user:$user" "$folder/$name"; fi
done
[ "$(id -u)" = 0 ] || echo "not root: give each folder to the user of its container, by parts.conf" >&2
