#!/bin/sh
# Process 1 of a room: gives it mounts and a network of its own, runs a command, passes signals on, reaps orphans.
# Usage: room.sh ADDRESS DOOR PORT COMMAND…
#   ADDRESS  its address in the network of the nodes
#   DOOR     port on loopback that leads to PORT
set -e
address=$1 door=$2 port=$3
shift 3
PATH=$PATH:/usr/sbin:/sbin
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
iptables -t nat -A OUTPUT -d 127.0.0.1 -p tcp --dport "$door" -j REDIRECT --to-ports "$port"

"$@" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM INT HUP
# `wait` also returns when a signal was handled.
code=0
while kill -0 "$child" 2>/dev/null; do
  wait "$child" && code=0 || code=$?
done
exit "$code"
