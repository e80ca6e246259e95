# SPDX-License-Identifier: Apache-2.0
"""The management console on a whole machine: its commands, its daemon's end, and the wire to the hypervisor."""

import os
import pathlib
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import time

import pexpect
import pytest

from libframes import FLAG, REPLY, TYPES, plain
from libmachine import ANSWER, BIN, GUESTS, START, Plan

HMC = BIN / "hmc"
ECHO = GUESTS / "echo.elf"
RECORD = "name={0},desired_mem=64,desired_procs=1,boot_image=image0,boot_mode=fdt"


class Console:
    """hmc, for one machine."""

    def __init__(self, machine):
        self.machine = machine
        self.run = machine.run
        self.hmcd = None

    def __call__(self, *words, timeout=ANSWER, **options):
        """Status, output, messages."""
        done = subprocess.run(
            [HMC, "--dir", self.run, *words], capture_output=True, text=True, timeout=timeout, check=False, **options
        )
        return done.returncode, done.stdout, done.stderr

    def ok(self, *words, **options):
        """The output of a command that has to succeed."""
        status, output, error = self(*words, **options)
        assert (status, error) == (0, ""), f"{words}: {status}\n{output}{error}"
        return output

    def make(self, name, more=""):
        self.ok("mksyscfg", "-r", "lpar", "-i", RECORD.format(name) + more)

    def state(self, name):
        return self.ok("lssyscfg", "-r", "lpar", "--filter", f"lpar_names={name}", "-F", "state").strip()

    def wait_state(self, name, state, timeout=ANSWER):
        deadline = time.monotonic() + timeout
        while (now := self.state(name)) != state:
            assert now != "Error" and time.monotonic() < deadline, f"{name}: {now}, not {state}"
            time.sleep(0.1)

    def spawn(self, *words):
        run = pexpect.spawn(
            str(HMC), ["--dir", str(self.run), *words], timeout=ANSWER, encoding="utf-8", codec_errors="replace"
        )
        run.logfile_read = sys.stdout
        run.delaybeforesend = None
        return run

    def kill_daemon(self):
        pid = int((self.run / "hmcd.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        if self.hmcd:
            self.hmcd.wait()
        while not ended(pid):
            time.sleep(0.01)

    def start_daemon(self):
        """Another daemon for the machine that goes on."""
        self.hmcd = subprocess.Popen([BIN / "hmcd", "--dir", self.run], stderr=open(self.run / "hmcd.log", "a"))
        deadline = time.monotonic() + START
        while True:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(START)
                try:
                    client.connect(str(self.run / "hmcd.sock"))
                    client.sendall(b"wait-hello\n")
                    if client.recv(64) == b"ok\n":
                        return
                except OSError:
                    pass
            assert self.hmcd.poll() is None and time.monotonic() < deadline, "the daemon does not come up"
            time.sleep(0.02)


def ended(pid):
    """Has the process ended, whoever is to hear of it?"""
    try:
        return "\nState:\tZ" in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return True


@pytest.fixture(name="registry", autouse=True)
def own_registry(tmp_path, monkeypatch):
    """What else runs on this machine is not in it."""
    monkeypatch.setenv("OPENLPAR_REGISTRY", str(tmp_path / "registry"))
    monkeypatch.setenv("OPENLPAR_HISTORY", str(tmp_path / "history"))
    monkeypatch.delenv("OPENLPAR_DIR", raising=False)
    (tmp_path / "registry").mkdir(0o700)


@pytest.fixture(name="hmc")
def make_console(machine):
    """A machine with one partition, which only echoes, and its console."""
    console = Console(machine(Plan().lpar("first", ECHO), smp=2, mem="2G"))
    console.wait_state("first", "Running")
    yield console
    if console.hmcd:
        console.hmcd.terminate()
        console.hmcd.wait()


class Wire(threading.Thread):
    """Between the daemons, one after the other, and the machine's management UART. Others change what it passes on."""

    def __init__(self, run):
        super().__init__(daemon=True)
        (run / "uart.sock").rename(run / "uart.real")
        self.run_directory = run
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(run / "uart.sock"))
        self.listener.listen()
        self.start()

    def passed(self, data, towards_machine):
        """What becomes of DATA."""
        raise NotImplementedError

    def begin(self):
        """Another daemon has come."""

    def run(self):
        while True:
            with self.listener.accept()[0] as daemon, socket.socket(socket.AF_UNIX) as machine:
                self.begin()
                try:
                    machine.connect(str(self.run_directory / "uart.real"))
                    self.serve(daemon, machine)
                except OSError:
                    pass

    def serve(self, daemon, machine):
        ends = {daemon: machine, machine: daemon}
        while True:
            for end in select.select(list(ends), [], [])[0]:
                data = end.recv(4096)
                if not data:
                    return
                ends[end].sendall(self.passed(data, end is daemon))


class BadWire(Wire):
    """One byte in RATE is another one."""

    def __init__(self, run, rate):
        self.rate = rate
        self.random = random.Random(rate)
        self.damaged = 0
        super().__init__(run)

    def passed(self, data, towards_machine):
        data = bytearray(data)
        for at in range(len(data)):
            if self.random.randrange(self.rate) == 0:
                data[at] ^= 1 << self.random.randrange(8)
                self.damaged += 1
        return data


class Trap(Wire):
    """Passes frames on until the one that it was set for; then something happens, and nothing is passed on any more."""

    def __init__(self, run):
        self.kind = self.moment = self.action = None
        self.buffers = {}
        self.shut = False
        super().__init__(run)

    def begin(self):
        self.buffers = {True: b"", False: b""}
        self.shut = False

    def set(self, kind, moment, action):
        """ACTION is called when a request KIND is "lost" before it reaches the hypervisor, "sent", or "unanswered"."""
        self.kind, self.moment, self.action = TYPES[kind], moment, action

    def is_it(self, frame, towards_machine):
        body = plain(frame)
        if len(body) < 8 or body[1:3] != b"\0\0" or not self.action:
            return False
        return body[3] == self.kind | (0 if towards_machine else REPLY) and towards_machine == (self.moment != "unanswered")

    def passed(self, data, towards_machine):
        *frames, self.buffers[towards_machine] = (self.buffers[towards_machine] + data).split(bytes([FLAG]))
        result = b""
        for frame in frames:
            if self.shut:
                break
            if self.is_it(frame, towards_machine):
                action, self.action, self.shut = self.action, None, True
                if self.moment == "sent":
                    self.at_once(result + frame + bytes([FLAG]))
                action()
                return b""
            result += frame + bytes([FLAG])
        return result

    def serve(self, daemon, machine):
        self.at_once = machine.sendall
        super().serve(daemon, machine)
