# SPDX-License-Identifier: Apache-2.0
"""What a hypercall and back costs."""

import re
import sys

from machine import NS_PER_TICK, Machine, guest, qemu_version

UNTIMED = "hcall_put_term_char_16"  # as many calls as the buffer holds are too few to be timed by a clock

# Instructions per call under KVM-HV (Debian 6.1 as host) on the same emulated machine, by the same method.
KVM_HV = {
    "hcall_set_dabr": 878,
    "null_hcall_prod_self": 4980,
    "hcall_prod_bad_number": 5161,
    "hcall_confer_all": 4907,
    "null_hcall_unknown": 11157,
    "hcall_cede_expired": 4195,
}


def call_figures(results, qemu, icount):
    """Every call that tests/guest/nullcall.c measures."""
    options = ["--icount"] if icount else ["--qemu", qemu]
    with Machine(guest("nullcall", "nullcall"), *options) as machine:
        machine.wait("nullcall", r"TEST nullcall: (PASS|FAIL)")
        output = machine.log("nullcall")
    if "TEST nullcall: PASS" not in output:
        sys.exit(f"nullcall failed; its console:\n{output[-4000:]}")
    for name, ticks, calls in re.findall(r"BENCH (\w+) (\d+) (\d+)", output):
        value = round(int(ticks) * NS_PER_TICK / int(calls))
        if icount:
            peer = ("kvm-hv", KVM_HV[name]) if name in KVM_HV else (None, None)
            results.add(name, "instructions", value, qemu_version(qemu), True, *peer)
        elif name != UNTIMED:
            results.add(f"{name}_time", "ns", value, qemu_version(qemu))
