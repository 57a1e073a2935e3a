#!/bin/sh
# Removes what a room leaves behind, once its processes have ended.
# Usage: clean-up.sh GROUP FOLDER [COMMAND…]
#   GROUP    a control group, with those below it, in all hierarchies
#   FOLDER   a folder, or nothing
#   COMMAND  run at the end
group=$1 folder=$2
shift 2
for try in 1 2 3 4 5 6 7 8 9 10; do
  left=$(find /sys/fs/cgroup -maxdepth 2 -type d -name "$group")
  [ -z "$left" ] && break
  for top in $left; do
    find "$top" -depth -type d -exec rmdir {} + 2>/dev/null
  done
  [ "$try" = 1 ] || sleep 0.3
done
[ -z "$folder" ] || rm -rf "$folder"
[ $# -eq 0 ] || exec "$@"
