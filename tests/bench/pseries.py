# SPDX-License-Identifier: Apache-2.0
"""The peer of the network's figures: QEMU's own pseries guests, their spapr-vlan adapters joined by -netdev socket."""

import contextlib
import socket
import subprocess

from libmachine import Machine


def connected():
    """The two ends of a TCP connection on this machine, as two emulators with listen= and connect= have it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        return client, server.accept()[0]


class Pair(Machine):
    """Two guests with one cable between them; used as the partitions of a managed system are."""

    def __init__(self, qemu, kernel, initrd, args):
        """ARGS: of the kernel of each, by name."""
        super().__init__("")
        self.command = [qemu, "-M", "pseries", "-cpu", "POWER8", "-m", "512", "-nodefaults", "-display", "none",
                        "-kernel", kernel, "-initrd", initrd]  # fmt: skip
        self.args = args
        self.guests = {}

    def start(self):
        (self.run / "consoles").mkdir(parents=True)
        for i, (end, (name, args)) in enumerate(zip(connected(), self.args.items())):
            path, log = self.run / f"{name}.sock", self.run / "consoles" / f"{name}.log"
            with end, open(self.run / f"{name}-qemu.log", "wb") as errors:
                self.guests[name] = subprocess.Popen(
                    [*self.command, "-name", name, "-append", f"console=hvc0 {args}",
                     "-chardev", f"socket,id=console,path={path},server=on,wait=off,logfile={log}",
                     "-serial", "chardev:console",
                     "-netdev", f"socket,id=cable,fd={end.fileno()}",
                     "-device", f"spapr-vlan,netdev=cable,mac=52:54:00:00:00:{i + 1:02x}"],
                    pass_fds=[end.fileno()], stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                )  # fmt: skip
        return self

    def stop(self):
        for console in self.attached.values():
            console.close()
        self.attached.clear()
        for guest in self.guests.values():
            guest.kill()
            guest.wait()
        self.forget()

    def qemu_pid(self):
        pids = [guest.pid for guest in self.guests.values() if guest.poll() is None]
        return pids[0] if len(pids) == len(self.args) else None

    def send(self, name, text):
        if name not in self.attached:
            self.attached[name] = socket.socket(socket.AF_UNIX)
            self.attached[name].connect(str(self.run / f"{name}.sock"))
        console = self.attached[name]
        # What it shows is read from the log; here it must not pile up.
        with contextlib.suppress(BlockingIOError):
            while console.recv(65536, socket.MSG_DONTWAIT):
                pass
        console.sendall(text.encode())
