#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Read by the commands of the virtual I/O server. What exists is in the kernel's target configuration, nowhere else:
#   CORE/TYPE/NAME                        a backing device
#   FABRIC/UNIT/tpgt_1/lun/lun_N/VTD      a virtual target device: a link to its backing device

CONFIG=/sys/kernel/config/target
# shellcheck disable=SC2034 # used by the commands
CORE=$CONFIG/core FABRIC=$CONFIG/ibmvscsis FILES=/var/vios
COMMAND=$(basename "$0")

die()
{
	echo "$COMMAND: $*" >&2
	exit 1
}

# Unit addresses of the server adapters, in the order of their slots: vhost0, vhost1 …
adapters()
{
	for node in /sys/bus/vio/drivers/ibmvscsis/[0-9a-f]*; do
		[ ! -d "$node" ] || basename "$node"
	done
}

# unit_of ADAPTER: the unit address of vhostN.
unit_of()
{
	number=${1#vhost}
	case $number in
	'' | *[!0-9]*) die "\"$1\" is not a server adapter (vhost0, vhost1, …)" ;;
	esac
	unit=$(adapters | sed -n "$((number + 1))p")
	[ -n "$unit" ] || die "there is no adapter $1 (this partition has $(adapters | wc -l))"
	echo "$unit"
}

# backing_find NAME: its directory, or nothing.
backing_find()
{
	for backing in "$CORE"/*/"$1"; do
		[ ! -d "$backing" ] || echo "$backing"
	done
}

check_name()
{
	case $1 in
	'' | *[!A-Za-z0-9_.-]* | .*) die "\"$1\" is not a name (letters, digits, _ . -)" ;;
	esac
}

# mebibytes SIZE: of 64M, 1G or 64.
mebibytes()
{
	case $1 in
	*[!0-9MG]* | '' | [MG]* | *[MG]?*) die "\"$1\" is not a size (such as 64M or 1G)" ;;
	*G) echo $((${1%G} * 1024)) ;;
	*) echo "${1%M}" ;;
	esac
}
