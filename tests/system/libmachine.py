# SPDX-License-Identifier: Apache-2.0
"""A whole machine under QEMU, driven through the programs a person would use."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import pexpect

TOP = pathlib.Path(__file__).resolve().parents[2]
BIN = TOP / "build" / "bin"
GUESTS = TOP / "build" / "guest" / "tests"
KERNEL_6_1 = TOP / "build" / "guest" / "vmlinux-6.1"
KERNEL_6_12 = TOP / "build" / "guest" / "vmlinux-6.12"
INITRD = TOP / "build" / "guest" / "initrd.img"
INITRD_TOOLS = TOP / "build" / "guest" / "initrd-tools.img"
INITRD_NET = TOP / "build" / "guest" / "initrd-net.img"

# The system's own QEMU, and the one in build/ where it is another.
QEMUS = sorted({path for path in (shutil.which("qemu-system-ppc64"), str(TOP / "build/qemu10/bin/qemu-system-ppc64"))
                if path and os.path.exists(path)})

# Seconds; for events that come much sooner on a machine that is not loaded.
START = 90
BOOT = 240
ANSWER = 60

TICKS = 512_000_000  # of the timebase in a second
TAIL = 40  # lines of a console in the report of a failure


class Plan:
    """The text of a system plan, record by record."""

    def __init__(self, lmb=16, **more):
        self.records = [f"sys name=test,mem_region_size={lmb}" + "".join(f",{key}={more[key]}" for key in more)]
        self.images = {}

    def image(self, kernel, initrd=None):
        """Name of the image record for KERNEL, which is made on first use."""
        key = (str(kernel), str(initrd))
        if key not in self.images:
            self.images[key] = f"image{len(self.images)}"
            record = f"image name={self.images[key]},kernel={kernel}"
            self.records.append(record + (f",initrd={initrd}" if initrd else ""))
        return self.images[key]

    def lpar(self, name, kernel, initrd=None, mem=64, procs=1, mode="fdt", args="", **more):
        """One partition."""
        record = f"lpar name={name},desired_mem={mem},desired_procs={procs}"
        record += f",boot_image={self.image(kernel, initrd)},boot_mode={mode}"
        if args:
            record += f',boot_args="{args}"'
        self.records.append(record + "".join(f",{key}={value}" for key, value in more.items()))
        return self

    def guest(self, name, test, **more):
        """One partition that runs tests/guest/TEST.c."""
        return self.lpar(name, GUESTS / f"{test}.elf", **more)

    def debian(self, name, kernel=KERNEL_6_1, initrd=INITRD, mem=512, mode="of", args="console=hvc0", **more):
        """One Debian partition."""
        return self.lpar(name, kernel, initrd, mem=mem, mode=mode, args=args, **more)

    def __str__(self):
        return "\n".join(self.records) + "\n"


class Ended(Exception):
    """What was waited for cannot come any more."""


def drain(file):
    """Reads FILE until it ends: what a console shows is read from its log, but must not pile up."""
    try:
        while os.read(file, 65536):
            pass
    except OSError:
        pass


class Machine:
    """A run directory and what openlpar-up started in it."""

    def __init__(self, plan, **options):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="openlpar-"))
        self.run = self.dir / "run"
        self.options = options
        self.plan = self.dir / "test.plan"
        self.plan.write_text(str(plan))
        self.attached = {}
        self.cursor = {}

    def start(self):
        """Returns when the hypervisor answers."""
        command = [BIN / "openlpar-up", "--dir", self.run, "--plan", self.plan]
        for option, value in self.options.items():
            if value is not False:
                command += [f"--{option}"] + ([] if value is True else [str(value)])
        done = subprocess.run(command, capture_output=True, text=True, timeout=START, check=False)
        assert done.returncode == 0, f"openlpar-up: {done.returncode}\n{done.stdout}{done.stderr}"
        return self

    def stop(self):
        """Ends everything; nothing may be left."""
        for child in self.attached.values():
            child.kill(signal.SIGKILL)
            child.wait()  # close() gives up when it does not end within half a second
            child.close()
        self.attached.clear()
        if self.run.exists():
            subprocess.run([BIN / "openlpar-down", "--dir", self.run], capture_output=True, timeout=START, check=False)
        left = self.processes()
        for pid in left:
            os.kill(pid, 9)
        assert not left, f"openlpar-down left processes behind: {left}"

    def forget(self):
        """Removes the files."""
        shutil.rmtree(self.dir, ignore_errors=True)

    def processes(self):
        """Processes that have this run directory in their command line."""
        needle = str(self.run).encode()
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                    state = (entry / "stat").read_text(errors="replace").rsplit(")", 1)[1].split()[0]
                except (OSError, IndexError):
                    continue
                if state != "Z" and any(needle in word for word in words):
                    found.append(int(entry.name))
        return found

    def qemu_pid(self):
        """The machine's process, or None when it has ended."""
        try:
            pid = int((self.run / "qemu.pid").read_text())
            os.kill(pid, 0)
            return pid
        except (OSError, ValueError):
            return None

    @staticmethod
    def _text(path):
        try:
            return path.read_bytes().decode(errors="replace").replace("\r\n", "\n")
        except FileNotFoundError:
            return ""

    def console(self, name):
        """All that partition NAME has written so far."""
        return self._text(self.run / "consoles" / f"{name}.log")

    def hypervisor_log(self):
        """The hypervisor's log so far."""
        return self._text(self.run / "hypervisor.log")

    def _wait(self, what, read, pattern, timeout, never=None):
        """Waits until PATTERN is behind the last match in what READ returns; moves the cursor on."""
        pattern = re.compile(pattern, re.MULTILINE)
        never = never and re.compile(never, re.MULTILINE)
        deadline = time.monotonic() + timeout
        while True:
            alive = self.qemu_pid()
            late = time.monotonic() > deadline
            text = read()
            start = self.cursor.get(what, 0)
            match = pattern.search(text, start)
            # A line whose end was asked for has to be complete.
            if match and (match.end() < len(text) or not pattern.pattern.endswith("$")):
                self.cursor[what] = match.end()
                return match
            if never and (bad := never.search(text, start)):
                raise Ended(f"{what}: {bad.group(0)!r} came while waiting for {pattern.pattern!r}")
            if not alive:
                raise Ended(f"{what}: the machine ended while waiting for {pattern.pattern!r}")
            if late:
                raise TimeoutError(f"{what}: no {pattern.pattern!r} within {timeout} s")
            time.sleep(0.05)

    def wait_console(self, name, pattern, timeout=ANSWER, never=None):
        """Waits for PATTERN (at NEVER: gives up) on the console of NAME, behind the last match."""
        return self._wait(name, lambda: self.console(name), pattern, timeout, never)

    def wait_log(self, pattern, timeout=ANSWER):
        """Waits for PATTERN in the hypervisor's log, behind the last match."""
        return self._wait("hypervisor", self.hypervisor_log, pattern, timeout)

    def wait_test(self, name, timeout=ANSWER):
        """Waits until the test partition NAME says PASS."""
        return self.wait_console(name, r"TEST \S+: PASS$", timeout, never=r"TEST \S+: FAIL.*$")

    def wait_debian(self, name, timeout=BOOT):
        """Waits until Debian is up in NAME and its shell answers. Returns the line that says so."""
        panic = r"Kernel panic.*|Oops:.*|Unable to handle kernel.*"
        ready = self.wait_console(name, rf"OpenLPAR partition {name} ready: .*$", timeout, never=panic)
        self.wait_console(name, rf"{name}# ", timeout, never=panic)
        return ready.group(0)

    def meter(self, name):
        """What tests/guest/lib/meter.h wrote on the console of NAME: (ticks, loops, extra) of each second."""
        lines = re.findall(r"^METER (\d+) (\d+) (\d+) (\d+) (\d+)\n", self.console(name), re.MULTILINE)
        lines = [tuple(map(int, line)) for line in lines]
        # Lines of a time when not all processors had started do not count.
        return {line[0]: line[1:4] for line in lines if line[4] == lines[-1][4]}

    def shares(self, names, seconds, timeout=BOOT):
        """The processor time that each of NAMES gets, in processors, in the next SECONDS that all of them see whole."""
        first = 1 + max(max(self.meter(name), default=0) for name in names)
        deadline = time.monotonic() + timeout
        while True:
            meters = {name: self.meter(name) for name in names}
            common = [s for s in set.intersection(*map(set, meters.values())) if s >= first]
            if common and max(common) - min(common) >= seconds:
                begin, end = min(common), max(common)
                return {
                    name: (meter[end][0] - meter[begin][0]) / (end - begin) / TICKS for name, meter in meters.items()
                }
            if not self.qemu_pid():
                raise Ended("the machine ended while processor time was measured")
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {seconds} seconds that all of {', '.join(names)} have seen")
            time.sleep(0.1)

    def attach(self, name):
        """An openlpar-console on NAME, kept until the machine stops."""
        if name not in self.attached:
            child = pexpect.spawn(
                str(BIN / "openlpar-console"), ["--dir", str(self.run), name], timeout=ANSWER, echo=False
            )
            child.delaybeforesend = None
            threading.Thread(target=drain, args=(child.fileno(),), daemon=True).start()
            self.attached[name] = child
        return self.attached[name]

    def send(self, name, text):
        """Types TEXT on the console of NAME."""
        self.attach(name).send(text)

    def shell(self, name, command, timeout=ANSWER):
        """Runs COMMAND in the shell on the console of NAME. Returns what it wrote; it must succeed."""
        start = self.cursor.get(name, 0)
        self.send(name, f"{command}; echo status=$?=\n")
        match = self.wait_console(name, r"status=(\d+)=", timeout)
        output = self.console(name)[start : match.start()].partition("\n")[2]
        # What is typed before the prompt is there may be echoed twice, by the kernel and by the shell.
        self.wait_console(name, f"{name}# ", timeout)
        assert match.group(1) == "0", f"{name}: {command!r} failed: {output}"
        return output

    def manage(self, *command):
        """What the management console answers to COMMAND, which must succeed."""
        done = subprocess.run([BIN / "hmc", "--dir", self.run, *command], capture_output=True, text=True,
                              timeout=BOOT, check=False)  # fmt: skip
        assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
        return done.stdout

    def qmp(self, *commands):
        """Commands (name, or name and arguments) for QEMU's monitor."""
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(ANSWER)
            monitor.connect(str(self.run / "qmp.sock"))
            stream = monitor.makefile("rw")
            assert "QMP" in json.loads(stream.readline())
            for command in (("qmp_capabilities",), *commands):
                request = {"execute": command[0]}
                if len(command) > 1:
                    request["arguments"] = command[1]
                stream.write(json.dumps(request) + "\n")
                stream.flush()
                while "event" in (reply := json.loads(stream.readline())):
                    pass
                assert "return" in reply, f"{command}: {reply}"

    def tails(self):
        """The last lines of all consoles and logs, for the report of a failure."""
        files = sorted(self.run.glob("consoles/*.log")) + sorted(self.run.glob("*.log"))
        parts = [f"run directory {self.run}, options {self.options}\n{self.plan.read_text()}"]
        for path in files:
            lines = self._text(path).splitlines()[-TAIL:]
            parts.append(f"--- {path.name}, last {len(lines)} lines\n" + "\n".join(lines))
        return "\n".join(parts)
