#!/bin/sh
# Process 1 of a room: gives it mounts and a network of its own, runs a command, passes signals on, reaps orphans.
# Usage: room.sh ADDRESS COMMAND…
set -e
address=$1
shift
mount --make-rprivate /
# Sockets, locks and names of network namespaces stay in here.
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir /run/netns
ip link set lo up
# The network of the nodes, with this room as its router.
ip link add nodes type bridge
ip address add "$address/24" dev nodes
ip link set nodes up
echo 1 >/proc/sys/net/ipv4/ip_forward

"$@" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM INT HUP
# `wait` also returns when a signal was handled.
code=0
while kill -0 "$child" 2>/dev/null; do
  wait "$child" && code=0 || code=$?
done
exit "$code"
