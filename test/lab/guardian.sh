#!/bin/sh
# Ends what a lab started when the lab is gone: its input closes however that process ended.
# guardian.sh FOLDER [UNDO…]: reads +PID and -PID lines; at the end of input ends those that are left, runs the
# command UNDO, and removes FOLDER.
folder=$1
shift
pids=
while read -r line; do
  pid=${line#?}
  case $line in
    +*) pids="$pid $pids" ;;
    -*) pids=$(for p in $pids; do [ "$p" = "$pid" ] || printf '%s ' "$p"; done) ;;
  esac
done
# The last started first, one by one: the API server hangs when etcd goes before it.
for pid in $pids; do
  kill "$pid" 2>/dev/null || continue
  n=0
  while kill -0 "$pid" 2>/dev/null && [ $n -lt 50 ]; do
    sleep 0.1
    n=$((n + 1))
  done
  kill -9 "$pid" 2>/dev/null
done
[ $# -gt 0 ] && "$@" >/dev/null 2>&1
n=0
while ! rm -rf "$folder" 2>/dev/null && [ $n -lt 20 ]; do
  sleep 0.1
  n=$((n + 1))
done
rmdir "${folder%/*}" 2>/dev/null
