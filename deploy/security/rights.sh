#!/bin/sh
# Makes the users of Kafka and gives them their rights. Runs in the image of Kafka, once at each start; repeating it is safe.
set -eu
cd "${KAFKA_BIN:-/opt/kafka/bin}"
PATH=$PWD:$PATH
secrets=${SECRETS:-/run/secrets}

for file in "$secrets"/users/*; do
  kafka-configs.sh --bootstrap-server "$SATARK_KAFKA_BROKERS" --command-config "$secrets/admin.properties" \
    --alter --entity-type users --entity-name "$(basename "$file")" --add-config-file "$file"
done

cd "$secrets"
. "${ACLS:-/security/acls.sh}"
