# SPDX-License-Identifier: Apache-2.0
"""Partitions against the same kernels without a hypervisor: until they are up, and how fast they are."""

import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from machine import BUILD, MACHINE, PATIENCE, QEMU10, TOP, Machine, monitor, qemu_version
from race import Runner, race

KERNELS = {"lp1": BUILD / "guest" / "vmlinux-6.1", "lp2": BUILD / "guest" / "vmlinux-6.12"}
INITRD = BUILD / "guest" / "initrd.img"
LOOPS = {"count": 98, "fork": 90}  # of tests/bench/linux/init, and the least speed in per cent of the bare machine's
SPEED_ARGS = "console=hvc0 quiet"  # what is still on its way over the UART when the loops begin costs everybody
LAPS = 15  # of each, in turns, when time is taken
COUNTED_LAPS = 3  # when instructions are counted, which hardly differ


class Bare:
    """A kernel alone on the machine for as long as a `with` lasts."""

    def __init__(self, qemu, kernel, initrd, *options, args="console=hvc0"):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="openlpar-bench-"))
        self.console = self.dir / "console"
        self.command = [
            qemu, "-M", MACHINE, "-m", "2G", "-nodefaults", "-display", "none", "-serial", f"file:{self.console}",
            "-device", "ipmi-bmc-sim,id=bmc0", "-device", "isa-ipmi-bt,bmc=bmc0,irq=10",
            "-qmp", f"unix:{self.dir}/qmp.sock,server=on,wait=off",
            "-kernel", kernel, "-initrd", initrd, "-append", args, *options,
        ]

    def __enter__(self):
        self.begin = time.monotonic()
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir)

    def log(self):
        return self.console.read_text(errors="replace").replace("\r\n", "\n") if self.console.exists() else ""

    def wait(self, pattern):
        """Waits until PATTERN is on the console; seconds since the start."""
        while not re.search(pattern, self.log()):
            if self.process.poll() is not None or time.monotonic() - self.begin > PATIENCE:
                sys.exit(f"the bare machine: no {pattern!r}; its console:\n{self.log()[-4000:]}")
            time.sleep(0.05)
        return time.monotonic() - self.begin

    def qemu_pid(self):
        return self.process.pid

    def monitor(self, *commands):
        return monitor(self.dir / "qmp.sock", *commands)


def boot_figures(results, qemu):
    """From QEMU's start to init: two partitions, and each of their kernels on the bare machine."""
    plan = "".join(
        f"image name={name},kernel={kernel},initrd={INITRD}\n"
        f'lpar name={name},desired_mem=512,desired_procs=1,boot_image={name},boot_mode=of,boot_args="console=hvc0"\n'
        for name, kernel in KERNELS.items()
    )
    bare = 0
    for kernel in KERNELS.values():
        with Bare(qemu, kernel, INITRD) as machine:
            bare += machine.wait(" ready: Linux")
    with Machine(plan, "--qemu", qemu) as machine:
        both = max(machine.wait(name, r" ready: Linux") for name in KERNELS)
        hypervisor = machine.log(None)
    version = qemu_version(qemu)
    results.add("boot_two_partitions", "ms", round(both * 1000), version, False,
                "bare, one after the other", round(bare * 1000))
    sizes = re.findall(r"partition (\w+):.*hypervisor memory (\d+) bytes, page table (\d+)", hypervisor)
    for name, memory, table in sizes:
        results.add(f"hypervisor_memory_{name}", "bytes", int(memory), version, False,
                    "1 % of the partition", 512 * 1024 * 1024 // 100)
        results.add(f"page_table_{name}", "bytes", int(table), version)


def speed_figures(results, qemu):
    """The loops of tests/bench/linux/init: counted in instructions, and in the emulator's processor time."""
    with tempfile.TemporaryDirectory(prefix="openlpar-bench-") as folder:
        initrd = pathlib.Path(folder) / "initrd.img"
        subprocess.run([TOP / "tools" / "mkinitrd", initrd, BUILD / "guest" / "bin", TOP / "tests" / "bench" / "linux"],
                       check=True)
        for icount in (True, False):
            for kernel in KERNELS.values():
                speed_of(results, str(QEMU10) if icount else qemu, kernel, initrd, icount)


def speed_of(results, qemu, kernel, initrd, icount):
    plan = (
        f"image name=linux,kernel={kernel},initrd={initrd}\n"
        "lpar name=lp1,desired_mem=1024,proc_mode=shared,desired_procs=1,desired_proc_units=1.00,"
        f'boot_image=linux,boot_mode=of,boot_args="{SPEED_ARGS}"\n'
    )
    bare_options = ["-icount", "shift=0"] if icount else []
    options = ["--icount"] if icount else ["--qemu", qemu]
    with Bare(qemu, kernel, initrd, *bare_options, args=SPEED_ARGS) as bare, Machine(plan, *options) as machine:
        runners = Runner(bare, bare.log, LOOPS), Runner(machine, lambda: machine.log("lp1"), LOOPS)
        laps = race(runners, COUNTED_LAPS if icount else LAPS)
    version = kernel.name.removeprefix("vmlinux-")
    unit, kind = ("instructions", "") if icount else ("ns of QEMU", "_time")
    for loop, least in LOOPS.items():
        costs = [[lap[loop].own if icount else lap[loop].emulator for lap in pair] for pair in laps]
        peer, own = (round(statistics.median(cost)) for cost in zip(*costs))
        ratio = statistics.median(a / b for a, b in costs)
        results.add(f"{loop}_{version}{kind}", unit, own, qemu_version(qemu), icount, "bare", peer)
        results.add(f"{loop}_{version}_speed{kind}", "% of bare", round(ratio * 100, 2), qemu_version(qemu), icount,
                    "at least", least)
