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

# wait_until WHAT COMMAND...: looks for disks until COMMAND succeeds, which means that WHAT is there.
wait_until()
{
	what=$1 seconds=0
	shift
	until "$@"; do
		sleep 1
		seconds=$((seconds + 1))
		[ $((seconds % 10)) != 3 ] || say "waiting for $what"
		look_for_disks
	done
}

# wait_for_disk DEVICE
wait_for_disk()
{
	wait_until "$1" [ -b "$1" ]
}

# names_of_lun NUMBER: fails if there is none.
names_of_lun()
{
	ls -d /sys/bus/scsi/devices/*:"$1"/block/sd* 2>/dev/null
}

# wait_for_lun NUMBER: the same; its name, which may be another one the next time.
wait_for_lun()
{
	wait_until "LUN $1" names_of_lun "$1" >/dev/null
	name=$(basename "$(names_of_lun "$1")")
	wait_for_disk "/dev/$name"
	echo "$name"
}
