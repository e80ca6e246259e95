# SPDX-License-Identifier: Apache-2.0
"""The peers of what takes time: guests of QEMU's own pseries machine, with the adapters that are built into it."""

import contextlib
import os
import socket
import subprocess
import threading

from libmachine import Machine, drain


def connected():
    """The two ends of a TCP connection on this machine, as two emulators with listen= and connect= have it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        return client, server.accept()[0]


class Guests(Machine):
    """Guests of 512 MiB with a processor each; used as the partitions of a managed system are."""

    def __init__(self, qemu, kernel, initrd, args):
        """ARGS: of the kernel of each, by name."""
        super().__init__("")
        self.command = [qemu, "-M", "pseries", "-cpu", "POWER8", "-m", "512", "-nodefaults", "-display", "none",
                        "-kernel", kernel, "-initrd", initrd]  # fmt: skip
        self.args = args
        self.guests = {}

    def launch(self, name, words, **popen):
        """Starts the guest NAME with WORDS for what only it has."""
        path, log = self.run / f"{name}.sock", self.run / "consoles" / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.run / f"{name}-qemu.log", "wb") as errors:
            self.guests[name] = subprocess.Popen(
                [*self.command, "-name", name, "-append", f"console=hvc0 {self.args[name]}",
                 "-chardev", f"socket,id=console,path={path},server=on,wait=off,logfile={log}",
                 "-serial", "chardev:console", *words],
                stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, **popen,
            )  # fmt: skip

    def stop(self):
        for console in self.attached.values():
            with contextlib.suppress(OSError):
                console.shutdown(socket.SHUT_RDWR)
        self.attached.clear()
        for guest in self.guests.values():
            guest.kill()
            guest.wait()
        self.forget()

    def qemu_pid(self):
        pids = [guest.pid for guest in self.guests.values() if guest.poll() is None]
        return pids[0] if len(pids) == len(self.args) else None

    def attach(self, name):
        """A connection to the console of NAME: what it shows is read from the log, but must not pile up."""
        if name not in self.attached:
            console = self.attached[name] = socket.socket(socket.AF_UNIX)
            console.connect(str(self.run / f"{name}.sock"))
            threading.Thread(target=drain, args=(console.fileno(),), daemon=True).start()
        return self.attached[name]

    def send(self, name, text):
        self.attach(name).sendall(text.encode())


class Pair(Guests):
    """Two guests with one cable between their spapr-vlan adapters, joined by -netdev socket."""

    def start(self):
        for i, (end, name) in enumerate(zip(connected(), self.args)):
            with end:
                words = ("-netdev", f"socket,id=cable,fd={end.fileno()}",
                         "-device", f"spapr-vlan,netdev=cable,mac=52:54:00:00:00:{i + 1:02x}")  # fmt: skip
                self.launch(name, words, pass_fds=[end.fileno()])
        return self


class Disk(Guests):
    """One guest, which has a disk of SIZE MiB, a file in the host's memory, on its spapr-vscsi adapter."""

    def __init__(self, qemu, kernel, initrd, name, size):
        super().__init__(qemu, kernel, initrd, {name: ""})
        self.name = name
        self.size = size

    def start(self):
        # Nobody else has it: it is gone when the guest is, whoever ends that.
        disk = os.memfd_create("disk")
        os.posix_fallocate(disk, 0, self.size << 20)
        words = ("-drive", f"file=/proc/self/fd/{disk},format=raw,if=none,id=disk",
                 "-device", "spapr-vscsi,id=scsi", "-device", "scsi-hd,drive=disk,bus=scsi.0")  # fmt: skip
        self.launch(self.name, words, pass_fds=[disk])
        os.close(disk)
        return self
