#!/bin/sh
# valkey-cli reads VALKEYCLI_AUTH since 9.0; the 8.1 here reads only the older name.
if [ -n "${VALKEYCLI_AUTH+set}" ]; then
  export REDISCLI_AUTH="$VALKEYCLI_AUTH"
fi
exec /usr/local/libexec/valkey-cli "$@"
