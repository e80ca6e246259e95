# SPDX-License-Identifier: Apache-2.0
"""What virtual SCSI's calls cost: a message to the partner's interrupt, a copy between two windows. In instructions."""

import re
import sys

from machine import NS_PER_TICK, QEMU10, Machine, guest, qemu_version

CALLS = 200
SIZE = 64 * 1024
MOST_SEND = 600
MOST_COPY = 400  # of one that copies next to nothing
LEAST_BYTES = 3  # for each instruction of a copy of SIZE bytes more


def call_costs():
    """Instructions by name, from tests/guest/crq.c."""
    plan = guest("crq", "crq", lpar_id=1, args=f"rounds=1 calls={CALLS}",
                 virtual_scsi_adapters='"2/server/1//3/1,3/client/1//2/1"')  # fmt: skip
    with Machine(plan, "--icount") as system:
        system.wait("crq", r"TEST crq: (PASS|FAIL)")
        output = system.log("crq")
    if "TEST crq: PASS" not in output:
        sys.exit(f"crq failed; its console:\n{output[-4000:]}")
    return {name: int(ticks) * NS_PER_TICK / int(calls) for name, ticks, calls in re.findall(r"BENCH (\w+) (\d+) (\d+)", output)}


def scsi_figures(results, _):
    """The three figures, which have limits."""
    costs = call_costs()
    send, copy = costs["crq_send_to_interrupt"], costs["rdma_copy_8"]
    speed = round((SIZE - 8) / (costs["rdma_copy_64k"] - copy), 2)
    version = qemu_version(QEMU10)
    results.add("crq_send_to_interrupt", "instructions", round(send), version, True, "at most", MOST_SEND)
    results.add("rdma_copy_8", "instructions", round(copy), version, True, "at most", MOST_COPY)
    results.add("rdma_copy_64k_bytes", "per instr.", speed, version, True, "at least", LEAST_BYTES)
    if send > MOST_SEND or copy > MOST_COPY or speed < LEAST_BYTES:
        sys.exit("virtual SCSI costs more than it may")
