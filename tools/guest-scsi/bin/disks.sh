#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Read by those who wait for a disk.

say()
{
	echo "$(hostname): $*" >/dev/console
}

# look_for_disks: a server that starts after its clients has disks for them that they have not looked for.
look_for_disks()
{
	for scan in /sys/class/scsi_host/host*/scan; do
		[ ! -e "$scan" ] || echo "0 0 -" >"$scan"
	done
}

# wait_for_disk DEVICE
wait_for_disk()
{
	seconds=0
	until [ -b "$1" ]; do
		sleep 1
		seconds=$((seconds + 1))
		[ $((seconds % 10)) != 3 ] || say "waiting for $1"
		look_for_disks
	done
}

# wait_for_lun NUMBER: the same; its name, which may be another one the next time.
wait_for_lun()
{
	until [ -n "$(ls -d /sys/bus/scsi/devices/*:"$1"/block/sd* 2>/dev/null)" ]; do
		sleep 1
		look_for_disks
	done
	name=$(basename /sys/bus/scsi/devices/*:"$1"/block/sd*)
	wait_for_disk "/dev/$name"
	echo "$name"
}
