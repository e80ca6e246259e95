# SPDX-License-Identifier: Apache-2.0
"""The programs around a machine that is none (fake_hypervisor.c): a run directory, and what runs in it."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
FAKE = TOP / "build" / "system" / "fake_hypervisor"
PROGRAMS = ("hmcd", "openlpar-up", "openlpar-down", "openlpar-console", "openlpar-stat")
ANSWER = 120  # seconds for what takes far less: 8 at most on two busy cores


def processes(run):
    """Processes that have the run directory RUN in their command line."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str(run).encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def wait_until(what, condition):
    """Waits until CONDITION() is true, and returns it."""
    end = time.monotonic() + ANSWER
    while not (value := condition()):
        assert time.monotonic() < end, f"{what}: not within {ANSWER} s"
        time.sleep(0.02)
    return value


class System:
    """A run directory, and the programs as they would be built, beside a hypervisor that is none."""

    def __init__(self, build, run):
        self.build = build
        self.run = run
        self.plan = build / "good.plan"

    def start(self, program, *arguments, **environment):
        command = [self.build / "bin" / program, *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False, env=os.environ | environment
        )

    def up(self, *arguments, **environment):
        options = ("--dir", self.run, "--qemu", FAKE, "--plan", self.plan)
        return self.start("openlpar-up", *options, *arguments, **environment)

    def down(self):
        return self.start("openlpar-down", "--dir", self.run)

    def pid(self, name):
        return int((self.run / f"{name}.pid").read_text())

    def console(self, name):
        """An openlpar-console in pipes."""
        command = [self.build / "bin/openlpar-console", "--dir", self.run, name]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def log(self, name):
        path = self.run / name
        return path.read_bytes() if path.exists() else b""

    def client(self):
        """A connection to the daemon."""
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(ANSWER)
        client.connect(str(self.run / "hmcd.sock"))
        return client

    def reachable(self):
        """Is there a daemon behind the socket?"""
        try:
            self.client().close()
            return True
        except (FileNotFoundError, ConnectionRefusedError):
            return False

    def ask(self, command):
        """The answer to a command, its last line too."""
        with self.client() as client:
            client.sendall(command.encode() + b"\n")
            answer = b""
            while not re.search(rb"^(ok|error)\b.*\n\Z", answer, re.MULTILINE):
                data = client.recv(65536)
                assert data, f"{command}: only {answer}"
                answer += data
        return answer.decode()

    def stat(self, *arguments):
        return self.start("openlpar-stat", "--dir", self.run, *arguments)

    def type(self, name, text):
        """Types TEXT on a console as soon as nobody else has it, and leaves."""

        def attach_and_type():
            with self.client() as client:
                client.sendall(f"attach {name}\n".encode())
                attached = client.recv(2) == b"ok"
                if attached:
                    client.sendall(text.encode())
                return attached

        wait_until(f"console {name}", attach_and_type)


@pytest.fixture(name="build", scope="module")
def make_build(tmp_path_factory):
    """build/bin and build/openlpar.elf as the launcher looks for them; the plan compiler takes everything but "bad"."""
    build = tmp_path_factory.mktemp("build")
    (build / "bin").mkdir()
    for name in PROGRAMS:
        shutil.copy(TOP / "build" / "bin" / name, build / "bin" / name)
    compiler = build / "bin" / "openlpar-plan"
    compiler.write_text('#!/bin/sh\ngrep -q bad "$3" && { echo "$3:1: bad" >&2; exit 1; }\ncp "$3" "$2"\n')
    compiler.chmod(0o755)
    (build / "openlpar.elf").write_bytes(b"")
    (build / "good.plan").write_text("good\n")
    return build


@pytest.fixture(name="make")
def make_system(build, tmp_path, monkeypatch):
    """make("a") is a System in the directory "a" of the test; all are ended with it."""
    systems = []
    (tmp_path / "registry").mkdir(0o700, exist_ok=True)
    monkeypatch.setenv("OPENLPAR_REGISTRY", str(tmp_path / "registry"))

    def make(name="run"):
        systems.append(System(build, tmp_path / name))
        return systems[-1]

    yield make
    left = [pid for system in systems for pid in processes(system.run)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    for system in systems:
        for path in sorted(system.run.glob("*.log")):
            print(f"--- {path}\n{path.read_text(errors='replace')[-2000:]}")


@pytest.fixture(name="system")
def make_running(make):
    """A System that is up."""
    system = make()
    done = system.up()
    assert done.returncode == 0, done.stderr
    yield system
    done = system.down()
    assert done.returncode == 0, done.stderr
    assert not processes(system.run)
