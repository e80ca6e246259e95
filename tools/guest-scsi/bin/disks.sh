#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Read by those who wait for a disk.

say()
{
	echo "$(hostname): $*" >/dev/console
}

# A server that starts after its clients has disks for them that they have not looked for.
wait_for_disk()
{
	seconds=0
	until [ -b "$1" ]; do
		sleep 1
		seconds=$((seconds + 1))
		[ $((seconds % 10)) != 3 ] || say "waiting for $1"
		for scan in /sys/class/scsi_host/host*/scan; do
			[ ! -e "$scan" ] || echo "0 0 -" >"$scan"
		done
	done
}
