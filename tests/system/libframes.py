# SPDX-License-Identifier: Apache-2.0
"""A machine under QEMU whose management UART the test itself speaks on (include/hmc/frame.h, include/hmc/message.h)."""

import itertools
import pathlib
import re
import select
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import zlib

from libmachine import BIN, QEMUS, TOP

START = 120  # seconds; for events that come much sooner on a machine that is not loaded
ANSWER = 60
BOOT = 240
REPEAT = 2.0  # after so long without an answer a request is sent again

FLAG, ESCAPE, FLIP = 0x7E, 0x7D, 0x20
VERSION = 1
CONSOLE = 0x100
OK, UNKNOWN, BAD_LENGTH, BAD_VALUE, REFUSED = range(5)
NOT_ACTIVATED, STARTING, OPEN_FIRMWARE, RUNNING, SHUTTING_DOWN, ERROR, REMOVED = range(7)
POWER_OFF, RESTART, OS_SHUTDOWN, OS_RESTART, DUMP_RESTART = range(1, 6)
REPLY = 0x80
PIECE = 960  # bytes of an upload in one message


def message_types():
    """Numbers of enum hmc_type by name, from the header itself."""
    text = (TOP / "include/hmc/message.h").read_text()
    body = re.sub(r"/\*.*?\*/", "", re.search(r"enum hmc_type \{(.*?)\};", text, re.S)[1], flags=re.S)
    numbers, value = {}, 0
    for item in filter(None, (item.strip() for item in body.split(","))):
        name, _, number = item.partition("=")
        value = int(number, 0) if number else value + 1
        numbers[name.strip().removeprefix("HMC_")] = value
    return numbers


TYPES = message_types()

SYSTEM = struct.Struct(">10QI9H")
SYSTEM_FIELDS = (
    "timebase timebase_hz lmb_size mem_installed mem_configurable mem_assigned mem_free mem_hypervisor heap_used "
    "pages_used pvr procs pool_procs pool_units pool_units_free procs_free min_units_per_vp lpars_max lpar_procs_max "
    "partitions"
).split()
PARTITION = struct.Struct(">xxxxxHB32s96sQI32sIQQQQHHBBB32sQ")
PARTITION_FIELDS = (
    "lpar_id state name reason refcode_time refcode refcode_text refcodes since activated mem rmo_size procs units "
    "sharing_mode weight boot_mode image timebase"
).split()


def text(value):
    return value.split(b"\0")[0].decode("ascii", "replace") if isinstance(value, bytes) else value


def fields(names, layout, payload):
    return dict(zip(names, map(text, layout.unpack(payload[: layout.size]))))


def plain(frame):
    """What was between two flags, as it was before it was coded."""
    return re.sub(rb"\x7d(.)", lambda match: bytes([match[1][0] ^ FLIP]), frame, flags=re.S)


class Refused(Exception):
    """The hypervisor's answer was no: status and text."""

    def __init__(self, status, reason):
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason


def adapter(slot, kind, **more):
    """The node of a virtual adapter in a profile: eth, serial-server, scsi-client, ..."""
    values = {"virtual-slot-num": slot, "is-required": 0}
    if kind == "eth":
        values |= {"ieee-virtual-eth": 0, "port-vlan-id": 1, "trunk-priority": 0}
        words = f'vswitch = "ETHERNET0";\nmac-addr = [02 00 00 00 00 {slot:02x}];\n'
    else:
        values |= {"remote-lpar-id": 0xFFFF, "remote-slot-num": 0xFFFF, "supports-hmc": 0}
        words = ""
    values |= {name.replace("_", "-"): value for name, value in more.items()}
    cells = "".join(f"{name} = <{value}>;\n" for name, value in values.items())
    return f'slot@{slot:x} {{\n{cells}{words}adapter-type = "{kind}";\n}};\n'


def profile(image, mode="fdt", mem=64, procs=1, units=10, args="", adapters=(), **more):
    """A profile as one flat-tree node, made by the compiler that everybody has; ADAPTERS: nodes in it."""
    values = {
        "desired-mem": mem,
        "min-procs": procs,
        "desired-procs": procs,
        "max-procs": procs,
        "min-proc-units": units,
        "desired-proc-units": units,
        "max-proc-units": 100 * procs if units else 0,
        "uncap-weight": 0,
        "max-virtual-slots": 10,
    } | {name.replace("_", "-"): value for name, value in more.items() if not isinstance(value, str)}
    words = {"sharing-mode": "cap", "boot-image-name": image, "boot-mode": mode, "boot-args": args}
    words |= {name.replace("_", "-"): value for name, value in more.items() if isinstance(value, str)}
    source = "/dts-v1/;\n/ {\n" + "".join(f"{name} = <{value}>;\n" for name, value in values.items() if value is not None)
    source += "".join(f'{name} = "{value}";\n' for name, value in words.items())
    source += "".join(adapters) + "};\n"
    done = subprocess.run(["dtc", "-q", "-O", "dtb"], input=source.encode(), capture_output=True, check=True)
    return done.stdout


class Hypervisor:
    """The machine, and this end of its UART."""

    def __init__(self, plan, memory="2G", cpus=1):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="openlpar-"))
        self.buffer = b""
        self.ids = itertools.count(1)
        self.tokens = itertools.count(int(time.time()) << 16)
        self.uploads = itertools.count(1)
        self.answers = {}
        self.partitions = {}
        self.streams = {}
        self.waiting = set()
        plan_file = self.dir / "test.plan"
        plan_file.write_text(str(plan))
        blob = self.dir / "test.dtb"
        subprocess.run([BIN / "openlpar-plan", "-o", blob, plan_file], check=True)
        path = self.dir / "uart"
        command = [QEMUS[-1], "-M", "powernv8", "-m", memory, "-smp", str(cpus), "-nodefaults", "-display", "none"]
        command += ["-no-reboot", "-kernel", TOP / "build/openlpar.elf", "-initrd", blob]
        command += ["-chardev", f"socket,id=hmc,path={path},server=on,wait=on", "-serial", "chardev:hmc"]
        command += ["-serial", f"file:{self.dir}/skiboot.log", "-device", "ipmi-bmc-sim,id=bmc0"]
        command += ["-device", "isa-ipmi-bt,bmc=bmc0,irq=10"]
        # pylint: disable=consider-using-with
        self.qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=open(self.dir / "qemu.err", "wb"))
        self.wire = socket.socket(socket.AF_UNIX)
        self.until("QEMU listens", lambda: self.connect(path), START)
        self.until("the hypervisor answers", self.hello, START)

    def connect(self, path):
        try:
            self.wire.connect(str(path))
            return True
        except OSError:
            time.sleep(0.05)
            return False

    def stop(self):
        """Ends the machine and removes its files."""
        self.qemu.kill()
        self.qemu.wait()
        self.wire.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    # --- frames ---

    def send(self, channel, payload):
        body = struct.pack(">BH", VERSION, channel) + payload
        body += struct.pack(">I", zlib.crc32(body))
        coded = b"".join(bytes([ESCAPE, b ^ FLIP]) if b in (FLAG, ESCAPE) else bytes([b]) for b in body)
        self.wire.sendall(bytes([FLAG]) + coded + bytes([FLAG]))

    def receive(self, seconds):
        """Takes what comes within SECONDS, at least one read if there is any."""
        if not select.select([self.wire], [], [], seconds)[0]:
            return
        data = self.wire.recv(65536)
        assert data, "the machine has ended"
        self.buffer += data
        *frames, self.buffer = self.buffer.split(bytes([FLAG]))
        for frame in frames:
            body = plain(frame)
            if len(body) >= 7 and zlib.crc32(body[:-4]) == int.from_bytes(body[-4:], "big"):
                self.take(int.from_bytes(body[1:3], "big"), body[3:-4])

    def take(self, channel, payload):
        if channel:
            self.streams[channel] = self.streams.get(channel, b"") + payload[4:]
            return
        kind, number = struct.unpack(">BI", payload[:5])
        if kind == TYPES["PARTITION"]:
            facts = fields(PARTITION_FIELDS, PARTITION, payload)
            self.partitions[facts["lpar_id"]] = facts
        elif kind & REPLY and number in self.waiting:
            self.answers[number] = payload

    def until(self, what, condition, seconds=ANSWER):
        """Waits until CONDITION() is true, and returns it."""
        end = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < end, f"{what}: not within {seconds} s\n{self.report()}"
            if self.wire.fileno() >= 0 and self.qemu.poll() is None:
                try:
                    self.receive(0.05)
                except OSError:
                    time.sleep(0.05)
        return value

    def report(self):
        shown = [f"--- channel {channel:#x}\n" + data.decode("latin1")[-3000:] for channel, data in self.streams.items()]
        return "\n".join(shown) + f"\n{self.partitions}"

    # --- requests ---

    def post(self, name, payload=b""):
        """Sends a request without waiting for its answer; returns its id."""
        number = next(self.ids)
        self.waiting.add(number)
        self.send(0, struct.pack(">BI", TYPES[name], number) + payload)
        return number

    def hello(self):
        number = self.post("HELLO")
        end = time.monotonic() + 0.5
        while time.monotonic() < end and number not in self.answers:
            self.receive(0.1)
        return self.answers.pop(number, None)

    def ask(self, name, payload=b""):
        """Sends a request, again if need be, and returns what is behind its status."""
        number = next(self.ids)
        self.waiting.add(number)
        end = time.monotonic() + ANSWER
        while number not in self.answers:
            assert time.monotonic() < end, f"{name}: no answer\n{self.report()}"
            self.send(0, struct.pack(">BI", TYPES[name], number) + payload)
            again = time.monotonic() + REPEAT
            while number not in self.answers and time.monotonic() < again:
                self.receive(0.1)
        self.waiting.discard(number)
        answer = self.answers.pop(number)
        assert answer[0] == TYPES[name] | REPLY
        status = int.from_bytes(answer[5:7], "big")
        if status != OK:
            raise Refused(status, answer[7:].rstrip(b"\0").decode())
        return answer[7:]

    def system(self):
        return fields(SYSTEM_FIELDS, SYSTEM, self.ask("SYSTEM"))

    def describe(self, lpar_id):
        return fields(PARTITION_FIELDS, PARTITION, self.ask("DESCRIBE", struct.pack(">H", lpar_id)))

    def define(self, lpar_id, name):
        self.ask("DEFINE", struct.pack(">H32s", lpar_id, name.encode()))

    def remove(self, lpar_id):
        self.ask("REMOVE", struct.pack(">H", lpar_id))

    def upload(self, blob):
        number = next(self.uploads)
        for offset in range(0, len(blob), PIECE):
            answer = self.ask("UPLOAD", struct.pack(">III", number, len(blob), offset) + blob[offset : offset + PIECE])
        assert struct.unpack(">II", answer) == (number, len(blob))
        return number

    def activate(self, lpar_id, blob, mode=0, token=None):
        upload = self.upload(blob)
        self.ask("ACTIVATE", struct.pack(">HQIB", lpar_id, token or next(self.tokens), upload, mode))

    def act(self, lpar_id, action, token=None):
        self.ask("ACTION", struct.pack(">HQB", lpar_id, token or next(self.tokens), action))

    def refcodes(self, lpar_id):
        """All that are kept: (timebase, code, text)."""
        position, found = 0, []
        while True:
            answer = self.ask("REFCODES", struct.pack(">HI", lpar_id, position))
            _, first, following, count = struct.unpack(">HIIH", answer[:12])
            found += [(t, c, text(s)) for t, c, s in struct.iter_unpack(">QI32s", answer[12:])]
            position = first + count
            if position == following:
                return found

    def images(self):
        """All of them, by name: kernel, initrd, CRC, users, planned."""
        found, index = {}, 0
        while True:
            answer = struct.unpack(">H32sQQIHB", self.ask("IMAGES", struct.pack(">H", index)))
            if index >= answer[0]:
                return found
            found[text(answer[1])] = answer[2:]
            index += 1

    def put_image(self, name, kernel, initrd=b"", crc=None):
        """Sends a boot image, several pieces at once."""
        data = kernel + initrd
        number = next(self.uploads)
        crc = zlib.crc32(data) if crc is None else crc
        head = struct.pack(">I32sQQI", number, name.encode(), len(kernel), len(initrd), crc)
        (_, received) = struct.unpack(">II", self.ask("IMAGE_PUT", head)[:8])
        while received < len(data):
            ids = []
            for offset in range(received, min(len(data), received + 6 * PIECE), PIECE):
                piece = data[offset : offset + PIECE]
                ids.append(self.post("IMAGE_DATA", struct.pack(">II", number, offset) + piece))
            self.until("pieces are taken", lambda ids=ids: all(i in self.answers for i in ids))
            for i in ids:
                answer = self.answers.pop(i)
                self.waiting.discard(i)
                if int.from_bytes(answer[5:7], "big") != OK:
                    raise Refused(int.from_bytes(answer[5:7], "big"), answer[7:].rstrip(b"\0").decode())
                received = max(received, struct.unpack(">II", answer[7:])[1])
        return number

    def remove_image(self, name):
        self.ask("IMAGE_REMOVE", struct.pack(">32s", name.encode()))

    def trace(self, processor):
        """All records of a processor: (timebase, type, lpar_id, vp, a, b)."""
        position, found = 0, []
        while True:
            answer = self.ask("TRACE", struct.pack(">HQ", processor, position))
            _, first, following, count = struct.unpack(">HQQH", answer[:20])
            found += struct.iter_unpack(">QIHHQQ", answer[20:])
            position = first + count
            if position >= following:
                return found

    # --- waiting ---

    def state(self, lpar_id, state, seconds=ANSWER):
        """Waits until the partition says that it is in STATE."""
        self.until(
            f"partition {lpar_id} in state {state}",
            lambda: self.partitions.get(lpar_id, {}).get("state") == state,
            seconds,
        )

    def console(self, lpar_id, pattern, seconds=ANSWER):
        """Waits until the partition has printed PATTERN, and forgets all up to there."""
        channel = CONSOLE + lpar_id

        def printed():
            return re.search(pattern, self.streams.get(channel, b"").decode("latin1"))

        match = self.until(f"{pattern!r} on the console of {lpar_id}", printed, seconds)
        self.streams[channel] = self.streams[channel][match.end() :]
        return match
