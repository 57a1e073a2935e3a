#!/bin/sh
# Holds the namespaces of a node until it is killed, or becomes a program in them.
# Usage: node.sh enter NAME FOLDER GROUP
#        node.sh run GROUP PID COMMAND…
#   FOLDER  files of the node; `ready` appears in it once its programs can be started
#   GROUP   path of its control group, below the roots of all hierarchies
#   PID     process that holds the namespaces
set -e

hierarchies() {
  if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    echo /sys/fs/cgroup
  else
    for hierarchy in /sys/fs/cgroup/*; do
      # Controllers that share a hierarchy are links to it.
      [ -f "$hierarchy/cgroup.procs" ] && [ ! -L "$hierarchy" ] && echo "$hierarchy"
    done
  fi
}

if [ "$1" = run ]; then
  group=$2 pid=$3
  shift 3
  # Where systemd has mounted version 2, nobody moves a process into a control group from outside of its namespace: what makes
  # containers must be in the node's.
  for hierarchy in $(hierarchies); do
    at=$hierarchy/$group
    [ ! -d "$at/init" ] || at=$at/init
    echo $$ >"$at/cgroup.procs"
  done
  exec nsenter --target "$pid" --net --mount --uts --cgroup "$@"
fi

stage=$1 name=$2 folder=$3 group=$4

if [ "$stage" = enter ]; then
  for hierarchy in $(hierarchies); do
    at=$hierarchy
    for part in $(echo "$group" | tr / ' '); do
      if [ -f "$at/cgroup.subtree_control" ]; then
        for controller in $(cat "$at/cgroup.controllers"); do
          echo "+$controller" >"$at/cgroup.subtree_control"
        done
      fi
      parent=$at
      at=$at/$part
      mkdir -p "$at"
      # A new group of version 1 has neither processors nor memory, and takes no process.
      for file in cpuset.cpus cpuset.mems; do
        if [ -f "$at/$file" ] && [ -z "$(cat "$at/$file")" ]; then cat "$parent/$file" >"$at/$file"; fi
      done
    done
    echo $$ >"$at/cgroup.procs"
  done
  exec unshare --net --mount --uts --cgroup sh "$0" hold "$name" "$folder" "$group"
fi

hostname "$name"
# The node sees its own control group as the root.
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  umount /sys/fs/cgroup
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  # Groups with processes cannot have controllers for groups below them (version 2).
  mkdir /sys/fs/cgroup/init
  echo $$ >/sys/fs/cgroup/init/cgroup.procs
else
  mounted=$(awk '$3 ~ /^cgroup2?$/ { print $3, $2 }' /proc/self/mounts)
  umount --recursive /sys/fs/cgroup
  mount -t tmpfs -o mode=0755 tmpfs /sys/fs/cgroup
  echo "$mounted" | while read -r type at; do
    mkdir -p "$at"
    if [ "$type" = cgroup2 ]; then mount -t cgroup2 cgroup2 "$at"; else
      controllers=$(basename "$at")
      case $controllers in systemd) options=none,name=systemd ;; *) options=$controllers ;; esac
      mount -t cgroup -o "$options" cgroup "$at"
    fi
  done
fi
# What its programs write below /run and /var is gone with it; their large files are in its folder.
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir /run/netns /run/node /run/node/var /run/node/work
mount -t overlay -o lowerdir=/var,upperdir=/run/node/var,workdir=/run/node/work overlay /var
mkdir -p /var/lib/kubelet /var/lib/cni /var/log/pods /var/log/containers "$folder/kubelet"
mount --bind "$folder/kubelet" /var/lib/kubelet
# Containers see mounts that the node makes later.
mount --make-rshared /
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
touch "$folder/ready"
exec sleep infinity
