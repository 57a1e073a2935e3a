#!/bin/sh
# Cleans up after a lab, even if the lab was killed: standard input closes however the lab's process ended.
# guardian.sh FOLDER [UNDO…]: reads lines +PID and -PID; at the end of input kills the remaining process groups, runs
# the command UNDO, and removes FOLDER.
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
for pid in $pids; do
  kill -9 "-$pid" 2>/dev/null
done
[ $# -gt 0 ] && "$@" >/dev/null 2>&1
# Processes may still write files until the last one is gone.
n=0
while ! rm -rf "$folder" 2>/dev/null && [ $n -lt 50 ]; do
  sleep 0.1
  n=$((n + 1))
done
rmdir "${folder%/*}" 2>/dev/null
