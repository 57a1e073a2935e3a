#!/bin/sh
# Ends what a lab started when the lab is gone: its input closes however that process ended.
# guardian.sh FOLDER [UNDO…]: reads +PID and -PID lines; at the end of input kills the process groups that are left (what
# they would still write goes with FOLDER), runs the command UNDO, and removes FOLDER.
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
# Until the last of them is gone, files may still appear.
n=0
while ! rm -rf "$folder" 2>/dev/null && [ $n -lt 50 ]; do
  sleep 0.1
  n=$((n + 1))
done
rmdir "${folder%/*}" 2>/dev/null
