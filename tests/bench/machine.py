# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: a managed system that lasts as long as a `with`, and the figures."""

import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = TOP / "build"
BIN = BUILD / "bin"
QEMU10 = BUILD / "qemu10" / "bin" / "qemu-system-ppc64"
MACHINE = "powernv8"
TICKS = 512_000_000  # of the timebase in a second
NS_PER_TICK = 1e9 / TICKS
PATIENCE = 600  # seconds


class Results:
    """The figures, as they come."""

    def __init__(self):
        self.figures = []

    def add(self, name, unit, value, qemu, icount=False, peer=None, peer_value=None):
        figure = {"name": name, "machine": MACHINE, "qemu": qemu, "unit": unit, "value": value, "icount": icount}
        if peer:
            figure |= {"peer": peer, "peer_value": peer_value}
        self.figures.append(figure)
        beside = f"   {peer}: {peer_value:>12,}" if peer else ""
        print(f"{name:36} {value:>14,} {unit:13}{beside}", flush=True)

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(figure) + "\n" for figure in self.figures))


class Machine:
    """One managed system for as long as a `with` lasts."""

    def __init__(self, plan, *options):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="openlpar-bench-"))
        self.run = self.dir / "run"
        (self.dir / "bench.plan").write_text(plan)
        self.options = options

    def __enter__(self):
        self.begin = time.monotonic()
        command = [BIN / "openlpar-up", "--dir", self.run, "--plan", self.dir / "bench.plan", *self.options]
        try:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        except subprocess.CalledProcessError:
            self.__exit__()
            sys.exit("a machine does not start")
        return self

    def __exit__(self, *_):
        subprocess.run([BIN / "openlpar-down", "--dir", self.run], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(self.dir)

    def log(self, name):
        """What partition NAME has written; the hypervisor's log for None."""
        path = self.run / "hypervisor.log" if name is None else self.run / "consoles" / f"{name}.log"
        return path.read_text(errors="replace").replace("\r\n", "\n") if path.exists() else ""

    def qemu_pid(self):
        return int((self.run / "qemu.pid").read_text())

    def check_patience(self, name, what):
        if time.monotonic() - self.begin > PATIENCE:
            sys.exit(f"{name}: no {what} after {PATIENCE} s; its console:\n{self.log(name)[-4000:]}\n"
                     f"the hypervisor's log:\n{self.log(None)[-4000:]}")
        time.sleep(0.05)

    def wait(self, name, pattern):
        """Waits until PATTERN is in a console; seconds since the start."""
        while not re.search(pattern, self.log(name)):
            self.check_patience(name, repr(pattern))
        return time.monotonic() - self.begin

    def meter(self, name):
        """The METER lines of NAME (tests/guest/lib/meter.h) by second: PURR, loops, extra."""
        lines = re.findall(r"^METER (\d+) (\d+) (\d+) (\d+) (\d+)\n", self.log(name), re.MULTILINE)
        lines = [tuple(map(int, line)) for line in lines]
        return {line[0]: line[1:4] for line in lines if line[4] == lines[-1][4]}

    def seconds(self, names, number, skip=1, every=1):
        """
        For each of NAMES what its meter has counted, in NUMBER seconds that all have seen, the same ones, after SKIP
        others: (PURR ticks, loops, extra). Of seconds in which nobody wrote, when they write at those that EVERY
        divides.
        """
        while True:
            meters = {name: self.meter(name) for name in names}
            common = set.intersection(*map(set, meters.values()))
            whole = sorted(s for s in common if s + 1 in common and (every == 1 or s % every))[skip : skip + number]
            if len(whole) == number:
                return [
                    {name: tuple(b - a for a, b in zip(meter[s], meter[s + 1])) for name, meter in meters.items()}
                    for s in whole
                ]
            self.check_patience(names[0], "METER lines")

    def second(self, names, skip=1, every=1):
        """One of such seconds."""
        return self.seconds(names, 1, skip, every)[0]

    def monitor(self, *commands):
        return monitor(self.run / "qmp.sock", *commands)


def monitor(path, *commands):
    """COMMANDS for the monitor of the QEMU with QMP socket PATH, as a person types them; what it answered to each."""
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(str(path))
        stream = link.makefile("rw")
        stream.readline()
        requests = [{"execute": "qmp_capabilities"}] + [
            {"execute": "human-monitor-command", "arguments": {"command-line": command}} for command in commands
        ]
        answers = []
        for request in requests:
            stream.write(json.dumps(request) + "\n")
            stream.flush()
            while "event" in (reply := json.loads(stream.readline())):
                pass
            answers.append(reply["return"])
        return answers[1:]


def guest(name, test, procs=1, args="", **more):
    """Records of a partition NAME that runs tests/guest/TEST.c, and of its image."""
    more = "".join(f",{key}={value}" for key, value in more.items())
    return (
        f"image name={name},kernel={BUILD}/guest/tests/{test}.elf\n"
        f"lpar name={name},desired_mem=64,desired_procs={procs},boot_image={name},boot_mode=fdt{more}"
        + (f',boot_args="{args}"\n' if args else "\n")
    )


def qemu_version(qemu):
    text = subprocess.run([qemu, "--version"], check=True, capture_output=True, text=True).stdout
    return re.search(r"version (\S+)", text)[1]
