#!/usr/bin/env bash
# A Ceph RGW of our own on 127.0.0.1: one monitor, one object store daemon in memory, one gateway with S3, STS and
# IAM. Usage: rgw.sh FOLDER GATEWAY_PORT MONITOR_PORT_1 MONITOR_PORT_2. Says "ready" on stdout; ends, and takes
# everything with it, when its stdin ends, so that nothing outlives the test process, however that dies.
set -euo pipefail
folder=$1 gateway=$2 monitor1=$3 monitor2=$4
mkdir -p "$folder"/{run,mon,osd,crash,rgw}
cd "$folder"
pids=()
stop() {
  trap - EXIT
  [ ${#pids[@]} -eq 0 ] || kill -9 "${pids[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP

fsid=$(cat /proc/sys/kernel/random/uuid)
cat >ceph.conf <<CONF
[global]
fsid = $fsid
mon initial members = a
mon host = [v2:127.0.0.1:$monitor2,v1:127.0.0.1:$monitor1]
public addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
keyring = $folder/keyring
run dir = $folder/run
crash dir = $folder/crash
admin socket = $folder/run/\$name.asok
pid file = $folder/run/\$name.pid
log file = $folder/\$name.log
err to stderr = false
log to stderr = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data = $folder/mon
mon warn on pool no redundancy = false
[osd.0]
osd data = $folder/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd class load list = *
osd class default allow list = *
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:$gateway
rgw num rados handles = 1
rgw run sync thread = false
rgw gc max objs = 1
rgw lc max objs = 1
rgw usage max shards = 1
rgw objexp hints num shards = 1
rgw relaxed s3 bucket names = false
rgw enable apis = s3, admin, sts, iam
rgw s3 auth use sts = true
rgw sts key = abcdefghijklmnop
rgw s3 auth order = local, sts
rgw thread pool size = 64
CONF
export CEPH_CONF=$folder/ceph.conf
quiet() { "$@" >>"$folder/setup.log" 2>&1 || { cat "$folder/setup.log" >&2; exit 1; }; }

quiet ceph-authtool --create-keyring keyring --gen-key -n mon. --cap mon 'allow *'
quiet ceph-authtool keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
quiet ceph-authtool keyring --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
quiet ceph-authtool keyring --gen-key -n client.rgw.a --cap mon 'allow rw' --cap osd 'allow rwx'
quiet monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$monitor2,v1:127.0.0.1:$monitor1]" monmap
quiet ceph-mon --mkfs -i a --monmap monmap --keyring keyring
ceph-mon -f -i a </dev/null >>daemons.log 2>&1 & pids+=($!)
osd=$(cat /proc/sys/kernel/random/uuid)
quiet ceph osd new "$osd" 0
quiet ceph auth import -i keyring
quiet ceph-osd -i 0 --mkfs --osd-uuid "$osd"
ceph-osd -f -i 0 </dev/null >>daemons.log 2>&1 & pids+=($!)
for _ in $(seq 300); do
  ceph osd stat 2>>setup.log | grep -q '1 up' && break
  sleep 0.1
done
radosgw -f -n client.rgw.a </dev/null >>daemons.log 2>&1 & pids+=($!)
for _ in $(seq 600); do
  (exec 3<>"/dev/tcp/127.0.0.1/$gateway") 2>/dev/null && break
  kill -0 "${pids[2]}" 2>/dev/null || { cat daemons.log "$folder"/*rgw*.log >&2; exit 1; }
  sleep 0.1
done
echo ready
cat >/dev/null
