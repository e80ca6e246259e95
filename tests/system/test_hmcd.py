# SPDX-License-Identifier: Apache-2.0
"""The daemon, the launcher and the console, with a machine that is none (fake_hypervisor.c) behind them."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import zlib

import pexpect
import pytest

# pylint: disable=unused-import
from libfake import ANSWER, FAKE, TOP, make_build, make_running, make_system, processes, wait_until  # noqa: F401

FLOOD = (b"abcdefghijklmnopqrstuvwxyz" * 40000)[:1000000]
START = b"Linux that is none\r\n# flood\r\n# "


def checksum(data):
    """What the word "sum" of the fake's consoles computes."""
    value = 0
    for byte in data:
        value = (value * 31 + byte) & 0xFFFFFFFF
    return value


def test_up_and_down(make):
    system = make()
    done = system.up()
    assert done.returncode == 0, done.stderr
    assert str(system.run) in done.stdout and done.stdout.count("\n") == 1
    assert system.ask("state") == "ok running\n"
    assert system.ask("list") == "1\tlp1\tRunning\t\n2\tlp2\tRunning\t\nok\n"
    assert b"start 1" in system.log("hypervisor.log")
    wait_until("console", lambda: system.log("consoles/lp2.log") == b"Linux that is none\r\n# ")
    assert system.pid("qemu") in processes(system.run) and system.pid("hmcd") in processes(system.run)
    assert system.log("plan.dtb") == b"good\n"

    done = system.down()
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"stopped in {system.run} (QEMU: exit 0)\n"
    assert not processes(system.run)
    assert b"power request 1" in system.log("hypervisor.log")
    left = sorted(path.name for path in system.run.iterdir())
    assert left == [
        "consoles", "hmc.db", "hmcd.lock", "hmcd.log", "hypervisor.log", "lock", "plan.dtb", "qemu.log", "qemu.status",
    ]  # fmt: skip

    done = system.down()
    assert (done.returncode, done.stdout) == (0, f"nothing was running in {system.run} (QEMU: exit 0)\n")


def test_up_twice(system):
    done = system.up()
    assert done.returncode == 1
    assert done.stderr == f"openlpar-up: {system.run}: a system is running here already (QEMU {system.pid('qemu')})\n"
    assert system.ask("state") == "ok running\n"


def test_two_side_by_side(make):
    one, two = make("one"), make("two")
    first = one.up(FAKE_NAMES="alpha")
    assert (first.returncode, first.stderr) == (0, "")
    second = two.up(FAKE_NAMES="beta")
    assert second.returncode == 0
    # Both have the name of a system that has none.
    assert f"another system of this name is running: hmc finds this one by --dir {two.run} only" in second.stderr
    assert "alpha" in one.ask("list") and "beta" not in one.ask("list")
    assert "beta" in two.ask("list")
    assert one.down().returncode == 0
    assert two.ask("state") == "ok running\n"
    assert two.down().returncode == 0
    assert not processes(one.run) + processes(two.run)


def test_stale_files_are_cleaned(make):
    system = make()
    assert system.up().returncode == 0
    for pid in (system.pid("hmcd"), system.pid("qemu")):
        os.kill(pid, signal.SIGKILL)
    wait_until("both dead", lambda: not processes(system.run))
    (system.run / "consoles" / "old.log").write_text("old")
    (system.run / "hypervisor.log").write_text("old")
    assert system.up(FAKE_NAMES="new").returncode == 0
    wait_until("console", lambda: system.log("consoles/new.log"))
    assert [path.name for path in (system.run / "consoles").iterdir()] == ["new.log"]
    assert b"old" not in system.log("hypervisor.log")
    assert system.down().returncode == 0


def test_process_of_another_is_spared(make):
    """A pid file that outlived its process: whoever has the number now is left alone."""
    system = make()
    system.run.mkdir()
    with subprocess.Popen(["sleep", "60"]) as other:
        for name in ("qemu.pid", "hmcd.pid"):
            (system.run / name).write_text(f"{other.pid}\n")
        assert system.down().returncode == 0
        assert other.poll() is None
        other.kill()


def test_machine_that_does_not_start(make):
    system = make()
    begin = time.monotonic()
    done = system.up(FAKE_DIE="1")
    assert time.monotonic() - begin < 20
    assert done.returncode == 1
    assert "openlpar-up: the machine has ended" in done.stderr
    assert "qemu-that-is-none: no such machine" in done.stderr
    assert not processes(system.run)
    assert system.up().returncode == 0
    assert system.down().returncode == 0


def test_hypervisor_that_does_not_answer(make):
    """Whoever does not want to wait any longer interrupts; nothing is left. (Waiting itself takes 120 s.)"""
    system = make()
    command = [system.build / "bin/openlpar-up", "--dir", system.run, "--qemu", FAKE]
    up = subprocess.Popen(command, env=os.environ | {"FAKE_DEAF": "1"}, stderr=subprocess.PIPE, text=True)
    wait_until("log", lambda: b"start 1" in system.log("hypervisor.log"))
    assert system.ask("state") == "ok waiting\n"
    assert up.poll() is None
    up.send_signal(signal.SIGINT)
    _, errors = up.communicate(timeout=ANSWER)
    assert up.returncode == 1
    assert errors.startswith("openlpar-up: interrupted\n")
    assert "OpenLPAR that is none, start 1" in errors
    assert not processes(system.run)


def test_bad_plan_changes_nothing(make):
    system = make()
    assert system.up().returncode == 0
    assert system.down().returncode == 0
    logs = system.log("hypervisor.log")
    system.plan = system.run / "my.plan"
    system.plan.write_text("bad")
    done = system.up()
    assert (done.returncode, done.stderr) == (1, f"{system.plan}:1: bad\n")
    assert system.log("plan.dtb") == b"good\n" and system.log("hypervisor.log") == logs and logs
    assert not processes(system.run)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "openlpar-up: --dir is missing"),
        (["--dir", "x", "--smp", "0"], "openlpar-up: --smp 0: must be a number from 1 to 16"),
        (["--dir", "x", "--smp", "17"], "openlpar-up: --smp 17: must be a number from 1 to 16"),
        (["--dir", "x", "--smp", "13"], "openlpar-up: --smp 13: an odd number must be 11 at most"),
        (["--dir", "x", "--smp", "-1"], "openlpar-up: --smp -1: must be a number from 1 to 16"),
        (["--dir", "x", "--smp", "2x"], "openlpar-up: --smp 2x: must be a number from 1 to 16"),
        (["--dir", "x", "--mem", "2"], "openlpar-up: --mem 2: must be a number with M or G, from 1G to 1024G"),
        (["--dir", "x", "--mem", "512M"], "openlpar-up: --mem 512M: must be a number with M or G, from 1G to 1024G"),
        (["--dir", "x", "--mem", "2000G"], "openlpar-up: --mem 2000G: must be a number with M or G, from 1G to 1024G"),
        (["--dir", "x", "--mem", ""], "openlpar-up: --mem : must be a number with M or G, from 1G to 1024G"),
        (
            ["--dir", "x", "--mem", "99999999999999999999G"],
            "openlpar-up: --mem 99999999999999999999G: must be a number with M or G, from 1G to 1024G",
        ),
        (["--dir", "x", "--machine", "pseries"], "openlpar-up: --machine pseries: the hypervisor runs on powernv8 only"),
        (["--dir", "x", "more"], "openlpar-up: more: is not an option"),
    ],
)
def test_wrong_options(build, tmp_path, arguments, message):
    done = subprocess.run(
        [build / "bin/openlpar-up", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message + "\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("program", ["hmcd", "openlpar-up", "openlpar-down", "openlpar-console"])
def test_unknown_option(build, program):
    done = subprocess.run(
        [build / "bin" / program, "--speed=9"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2 and "--speed=9" in done.stderr
    done = subprocess.run([build / "bin" / program, "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and done.stdout.startswith(f"usage: {program} --dir RUN")


def test_directories_that_cannot_be(make, tmp_path):
    system = make("file")
    system.run.write_text("")
    done = system.up()
    assert (done.returncode, done.stderr) == (1, f"openlpar-up: {system.run}: is not a directory\n")
    system.run = tmp_path / ("long" * 30)
    done = system.up()
    assert done.returncode == 1 and "at most 96 are allowed" in done.stderr
    system.run = tmp_path / "not there"
    done = system.down()
    assert (done.returncode, done.stderr) == (1, f"openlpar-down: {system.run}: No such file or directory\n")


def test_icount_needs_a_new_emulator(make):
    system = make()
    old = system.build / "old-qemu"
    old.write_text("#!/bin/sh\necho QEMU emulator version 7.2.9\n")
    old.chmod(0o755)
    done = system.start("openlpar-up", "--dir", system.run, "--qemu", old, "--icount")
    assert done.returncode == 1
    assert done.stderr == f"openlpar-up: --icount needs QEMU 10 or later; {old} is QEMU 7\n"
    assert system.up("--icount").returncode == 0
    words = pathlib.Path(f"/proc/{system.pid('qemu')}/cmdline").read_bytes().split(b"\0")
    assert b"shift=0" in words
    assert system.down().returncode == 0


def test_command_line_of_the_machine(system):
    words = pathlib.Path(f"/proc/{system.pid('qemu')}/cmdline").read_text(encoding="utf-8").split("\0")[1:-1]
    run = str(system.run)
    assert words == [
        "-M", "powernv8,memory-backend=memory", "-m", "2048M",
        "-object", "memory-backend-memfd,id=memory,size=2048M,share=on", "-smp", "1", "-nodefaults", "-display", "none",
        "-kernel", str(system.build / "openlpar.elf"), "-initrd", f"{run}/plan.dtb",
        "-chardev", f"socket,id=hmc,path={run}/uart.sock,server=on,wait=off", "-serial", "chardev:hmc",
        "-serial", f"file:{run}/opal.log",
        "-device", "ipmi-bmc-sim,id=bmc0", "-device", "isa-ipmi-bt,bmc=bmc0,irq=10",
        "-qmp", f"unix:{run}/qmp.sock,server=on,wait=off",
    ]  # fmt: skip


def test_console_in_a_pipe(system):
    console = system.console("lp1")
    console.stdin.write(b"echo alive-$((6*7))\n")
    console.stdin.close()
    wait_until("answer", lambda: b"\nalive-42\r\n# " in system.log("consoles/lp1.log"))
    # Standard input is over, but what comes is printed until the system stops.
    system.type("lp2", "echo alive-$((6*7))\n")
    wait_until("answer", lambda: b"\nalive-42\r\n# " in system.log("consoles/lp2.log"))
    assert console.poll() is None
    assert system.down().returncode == 0
    assert console.stdout.read() == b"Linux that is none\r\n# echo alive-$((6*7))\r\nalive-42\r\n# "
    assert b"the system has stopped" in console.stderr.read()
    assert console.wait(ANSWER) == 0


def test_console_is_refused(system):
    console = system.console("lp1")
    assert console.stdout.read(5) == b"Linux"
    done = system.start("openlpar-console", "--dir", system.run, "lp1")
    message = f"openlpar-console: the console of lp1 is open already, in process {console.pid}\n"
    assert (done.returncode, done.stderr) == (1, message)
    done = system.start("openlpar-console", "--dir", system.run, "lp9")
    assert (done.returncode, done.stderr) == (1, "openlpar-console: there is no partition named lp9\n")
    console.kill()
    console.wait()
    system.type("lp1", "echo alive-$((6*7))\n")
    wait_until("answer", lambda: b"\nalive-42\r\n" in system.log("consoles/lp1.log"))


def test_who_has_a_console(make):
    """The hypervisor is told; what it refuses is refused, whoever comes next, and a new daemon starts with nobody."""
    system = make()
    assert system.up(FAKE_NAMES="served,lp2").returncode == 0

    def told():
        return re.findall(rb"console (\d) (\w+)", system.log("hypervisor.log"))

    wait_until("word", lambda: told() == [(b"0", b"closed")])
    for _ in range(2):
        done = system.start("openlpar-console", "--dir", system.run, "served")
        message = "openlpar-console: the console of served is open already: partition other has it\n"
        assert (done.returncode, done.stderr) == (1, message)
    # A connection whose command was refused goes on.
    with system.client() as client:
        client.sendall(b"attach served\nstate\nattach lp2\necho alive-$((6*7))\n")
        answer = b""
        while b"alive-42" not in answer:
            data = client.recv(65536)
            assert data, answer
            answer += data
        assert re.match(rb"error [^\n]*\nok running\nok\nLinux that is none\r\n# ", answer)
        wait_until("word", lambda: told()[1:] == [(b"2", b"open")])
    wait_until("word", lambda: told()[2:] == [(b"2", b"closed")])
    # Whoever comes while it is being told that somebody has left, and leaves while it is told of him.
    for _ in range(20):
        system.type("lp2", "")
    console = system.console("lp2")
    assert console.stdout.read(5) == b"Linux"
    wait_until("word", lambda: told()[-1] == (b"2", b"open"))
    assert [word for _, word in told()[3:]] == [b"open", b"closed"] * (len(told()[3:]) // 2) + [b"open"]

    # A hypervisor that starts afresh is told again.
    console.stdin.write(b"restart\n")
    console.stdin.flush()
    wait_until("start", lambda: b"start 2" in system.log("hypervisor.log"))
    wait_until("word", lambda: told()[-1] == (b"2", b"open") and told()[-2] == (b"2", b"open"))
    assert console.poll() is None

    os.kill(system.pid("hmcd"), signal.SIGKILL)
    assert b"the system has stopped" in console.communicate(timeout=ANSWER)[1]
    wait_until("only QEMU", lambda: processes(system.run) == [system.pid("qemu")])
    hmcd = subprocess.Popen([system.build / "bin/hmcd", "--dir", system.run], stderr=subprocess.DEVNULL)
    wait_until("word", lambda: told()[-1] == (b"0", b"closed"))
    system.type("lp2", "echo alive-$((6*7))\n")
    wait_until("word", lambda: told()[-1] == (b"2", b"closed"))
    hmcd.terminate()
    assert hmcd.wait(ANSWER) == 0
    assert system.down().returncode == 0


def test_console_of_a_machine_that_stands_still(system):
    """What it said last is shown all the same; it hears of it when it goes on."""
    wait_until("console", lambda: system.log("consoles/lp1.log"))
    os.kill(system.pid("qemu"), signal.SIGSTOP)
    console = system.console("lp1")
    assert console.stdout.read(5) == b"Linux"
    console.kill()
    console.wait()
    os.kill(system.pid("qemu"), signal.SIGCONT)
    wait_until("word", lambda: re.search(rb"console 1 open\n(.*\n)*console 1 closed", system.log("hypervisor.log")))
    system.type("lp1", "echo alive-$((6*7))\n")
    wait_until("answer", lambda: b"\nalive-42\r\n" in system.log("consoles/lp1.log"))


def test_console_without_a_system(make):
    system = make()
    system.run.mkdir()
    done = system.start("openlpar-console", "--dir", system.run, "lp1")
    assert (done.returncode, done.stderr) == (1, f"openlpar-console: no system is running in {system.run}\n")


def test_console_on_a_terminal(system):
    command = [str(system.build / "bin/openlpar-console"), "--dir", str(system.run), "lp1"]
    shell = pexpect.spawn("/bin/sh", ["-c", 'stty -a | grep -w echo; "$@"; stty -a | grep -w echo', "sh", *command])
    shell.timeout = ANSWER
    shell.expect(" echo ")
    shell.expect(r"\[lp1: Ctrl-\] leaves\]")
    shell.expect("Linux that is none\r\n# ")
    shell.setwinsize(50, 132)
    shell.send("echo alive-$((6*7))\r")
    shell.expect("\nalive-42\r\n# ")
    shell.send("not typed to the end\x1dnot typed at all")
    shell.expect(r"\[lp1: left\]")
    shell.expect(" echo ")  # the terminal is what it was
    shell.expect(pexpect.EOF)
    wait_until("typed", lambda: system.log("consoles/lp1.log").endswith(b"not typed to the end"))


def test_console_ends_by_signal(system):
    command = f"{system.build}/bin/openlpar-console --dir {system.run} lp1; stty -a | grep -w echo"
    shell = pexpect.spawn("/bin/sh", ["-c", command], timeout=ANSWER)
    shell.expect("# ")
    pids = [pid for pid in processes(system.run) if pid not in (system.pid("qemu"), system.pid("hmcd"), shell.pid)]
    assert len(pids) == 1
    os.kill(pids[0], signal.SIGTERM)
    shell.expect(" echo ")
    shell.expect(pexpect.EOF)


def test_attach_shows_the_last_64_kib(system):
    system.type("lp1", "flood\n")
    wait_until("flood", lambda: system.log("consoles/lp1.log").endswith(FLOOD + b"\r\n# "))
    with system.client() as client:
        client.sendall(b"attach lp1\n")
        data = b""
        while len(data) < 3 + 65536:
            data += client.recv(65536)
        assert data[3:] == system.log("consoles/lp1.log")[-65536:]


def test_flood_to_a_slow_reader(system):
    """Nobody reads for a while, the other partition goes on, and in the end nothing is missing."""
    console = system.console("lp1")
    console.stdin.write(b"flood\n")
    console.stdin.flush()
    wait_until("flood", lambda: system.log("consoles/lp1.log").endswith(FLOOD + b"\r\n# "))
    system.type("lp2", "echo alive-$((6*7))\n")
    wait_until("answer", lambda: b"\nalive-42\r\n" in system.log("consoles/lp2.log"))
    expected = b"Linux that is none\r\n# flood\r\n# " + FLOOD + b"\r\n# "
    assert console.stdout.read(len(expected)) == expected
    console.kill()
    console.wait()


def test_input_of_any_length(system):
    """Far more than the hypervisor and the daemon hold, to a partition that reads slowly."""
    data = bytes(i * i % 251 for i in range(50000))
    console = system.console("lp1")
    console.stdin.write(b"sum\n" + data)
    console.stdin.close()
    wait_until("sum", lambda: b"sum %u\r\n" % checksum(data) in system.log("consoles/lp1.log"))
    console.kill()
    console.wait()


@pytest.mark.parametrize("rate", [20000, 1000])
def test_damage_on_the_wire(make, rate):
    """One byte in RATE is wrong, each way: what a person sees is the same."""
    system = make()
    done = system.up(FAKE_DAMAGE=str(rate))
    assert done.returncode == 0, done.stderr
    data = bytes(i * i % 251 for i in range(50000))
    system.type("lp2", "flood\n")
    console = system.console("lp1")
    console.stdin.write(b"sum\n" + data)
    console.stdin.close()
    wait_until("sum", lambda: b"sum %u\r\n" % checksum(data) in system.log("consoles/lp1.log"))
    wait_until("flood", lambda: system.log("consoles/lp2.log").endswith(b"\r\n# "))
    console.kill()
    console.wait()
    flood = system.log("consoles/lp2.log")
    # Under flood a damaged frame, even the first, may come too late to be asked for again; then the log says so.
    pieces = re.split(rb"\n\[(\d+) bytes lost\]\n", flood)
    expected, text = START + FLOOD + b"\r\n# ", pieces[0]
    for lost, piece in zip(pieces[1::2], pieces[2::2]):
        text += expected[len(text) :][: int(lost)] + piece
    assert zlib.crc32(text) == zlib.crc32(expected), flood[:10000]
    assert system.down().returncode == 0
    assert not processes(system.run)


def test_hypervisor_starts_afresh(system):
    wait_until("console", lambda: system.log("consoles/lp2.log") == b"Linux that is none\r\n# ")
    system.type("lp1", "restart\n")
    wait_until("start", lambda: b"start 2" in system.log("hypervisor.log"))
    wait_until("answer", lambda: system.ask("state") == "ok running\n")
    system.type("lp1", "echo alive-$((6*7))\n")
    wait_until("answer", lambda: b"\nalive-42\r\n" in system.log("consoles/lp1.log"))
    assert system.log("hypervisor.log").count(b"start 2") == 1
    wait_until("console", lambda: system.log("consoles/lp2.log") == b"Linux that is none\r\n# " * 2)


def test_machine_dies(make):
    system = make()
    assert system.up().returncode == 0
    console = system.console("lp2")
    assert console.stdout.read(5) == b"Linux"
    system.type("lp1", "die\n")
    assert console.stdout.read() == b" that is none\r\n# "
    assert console.wait(ANSWER) == 0
    wait_until("end", lambda: not processes(system.run))
    assert system.log("qemu.status") == b"exit 3\n"
    done = system.down()
    assert (done.returncode, done.stdout) == (0, f"nothing was running in {system.run} (QEMU: exit 3)\n")


def test_machine_is_killed(make):
    system = make()
    assert system.up().returncode == 0
    os.kill(system.pid("qemu"), signal.SIGKILL)
    wait_until("end", lambda: not processes(system.run))
    assert system.log("qemu.status") == b"signal 9\n"


def test_daemon_is_killed(make):
    """The machine goes on; another daemon finds it; without one openlpar-down stops it all the same."""
    system = make()
    assert system.up().returncode == 0
    os.kill(system.pid("hmcd"), signal.SIGKILL)
    wait_until("only QEMU", lambda: processes(system.run) == [system.pid("qemu")])
    assert system.up().returncode == 1

    hmcd = subprocess.Popen([system.build / "bin/hmcd", "--dir", system.run], stderr=subprocess.PIPE, text=True)
    wait_until("answer", lambda: system.reachable() and system.ask("wait-hello") == "ok\n")
    assert system.pid("hmcd") == hmcd.pid and hmcd.poll() is None
    system.type("lp1", "echo alive-$((6*7))\n")
    wait_until("answer", lambda: b"\nalive-42\r\n" in system.log("consoles/lp1.log"))
    second = system.start("hmcd", "--dir", system.run)
    assert (second.returncode, second.stderr) == (1, f"hmcd: {system.run}/hmcd.lock: another hmcd runs here\n")
    hmcd.terminate()
    hmcd.communicate(timeout=ANSWER)
    assert hmcd.returncode == 0

    done = system.down()
    assert done.returncode == 0
    assert "the management daemon does not answer; ending it" in done.stderr
    assert not processes(system.run)


def test_machine_of_a_daemon_that_was_killed(make):
    """The next daemon is not its parent, and ends with it all the same."""
    system = make()
    assert system.up().returncode == 0
    os.kill(system.pid("hmcd"), signal.SIGKILL)
    wait_until("only QEMU", lambda: processes(system.run) == [system.pid("qemu")])
    with subprocess.Popen([system.build / "bin/hmcd", "--dir", system.run], stderr=subprocess.PIPE, text=True) as hmcd:
        wait_until("answer", lambda: system.reachable() and system.ask("wait-hello") == "ok\n")
        done = system.down()
        assert (done.returncode, done.stderr) == (0, "")
        assert hmcd.wait(ANSWER) == 0 and "the machine has ended" in hmcd.stderr.read()
    assert not processes(system.run)


def test_names_are_not_trusted(make):
    system = make()
    assert system.up(FAKE_NAMES="../evil,.hidden,a/b,same,same,with blank,broken").returncode == 0
    assert system.ask("list") == (
        "1\t\tRunning\t\n2\t\tRunning\t\n3\t\tRunning\t\n4\tsame\tRunning\t\n5\t\tRunning\t\n"
        "6\twith blank\tRunning\t\n7\tbroken\tError\tits image is?garbage\nok\n"
    )
    wait_until("console", lambda: system.log("consoles/with blank.log"))
    names = sorted(path.name for path in (system.run / "consoles").iterdir())
    assert names == ["broken.log", "same.log", "with blank.log"]
    assert not list(system.run.glob("*evil*")) and not list(system.run.parent.glob("*evil*"))
    assert b"partition 5: its name is another's too" in system.log("hmcd.log")
    assert system.ask("attach ") == "error there is no partition named \n"
    assert system.down().returncode == 0


def test_hostile_client(system):
    with system.client() as client:
        answer = b""
        with contextlib.suppress(BrokenPipeError):  # it may have enough before it has all
            client.sendall(b"x" * 100000)
        try:
            while data := client.recv(4096):
                answer += data
        except ConnectionResetError:
            pass
        assert answer == b"error this line is too long\n"
    with system.client() as client:
        client.sendall(b"list\n\nstate\nnonsense\nattach lp1\necho alive-$((6*7))\n")
        answer = b""
        while b"alive-42\r\n# " not in answer:
            answer += client.recv(4096)
    assert b"\nok\nerror there is no such command\nok running\nerror there is no such command\nok\nLinux" in answer
    clients = [system.client() for _ in range(100)]
    for client in clients:
        client.sendall(b"attach lp2\n")
    assert system.ask("state") == "ok running\n"
    for client in clients:
        client.close()
    # A hundred have gone: the console is free.
    system.type("lp2", "echo alive-$((6*7))\n")
    wait_until("answer", lambda: b"\nalive-42\r\n" in system.log("consoles/lp2.log"))


def test_directory_with_a_comma(make):
    """QEMU takes a comma in a list of options for the end of a word, unless there are two."""
    system = make("a, b")
    assert system.up().returncode == 0
    assert system.ask("state") == "ok running\n"
    assert system.down().returncode == 0
    assert not processes(system.run)


def run_script(system, *arguments, **environment):
    command = [TOP / "tools" / "run", "--build", system.build, "--dir", system.run, "--plan", system.plan]
    return subprocess.Popen(
        [*command, "--qemu", FAKE, *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | environment,
    )  # fmt: skip


def test_run_without_a_terminal(make):
    system = make()
    run = run_script(system)
    output, errors = run.communicate(timeout=60)
    assert run.returncode == 0, errors
    assert "lp1 | Linux that is none\n" in output and "lp2 | Linux that is none\n" in output
    assert "lp1 | alive-42\n" in output and "lp2 | alive-42\n" in output
    assert "lp1 and lp2: alive\n" in output
    assert not processes(system.run)


@pytest.mark.parametrize(
    "names, message",
    [("lp1,mute", "no answer for 2 seconds"), ("broken,lp1", "broken is in state Error: its image is?garbage")],
)
def test_run_without_an_answer(make, names, message):
    system = make()
    run = run_script(system, "--patience", "2", FAKE_NAMES=names)
    output, errors = run.communicate(timeout=60)
    assert run.returncode == 1, output
    assert f"tools/run: {message}\n" in errors
    assert f"--- the end of the console of {'mute' if 'mute' in names else 'broken'}" in errors
    assert not processes(system.run)


def test_run_is_interrupted(make):
    system = make()
    run = run_script(system, FAKE_NAMES="mute")
    wait_until("console", lambda: b"Linux" in system.log("consoles/mute.log"))
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=60)
    assert run.returncode == 1
    assert not processes(system.run)


def test_run_on_a_terminal(make):
    system = make()
    arguments = ["--build", system.build, "--dir", system.run, "--plan", system.plan, "--qemu", FAKE]
    run = pexpect.spawn(str(TOP / "tools" / "run"), [str(word) for word in arguments], timeout=ANSWER)
    run.logfile_read = sys.stdout.buffer
    run.expect(r"1  lp1  Running\r\n +2  lp2  Running\r\n")
    run.expect("openlpar> ")
    run.sendline("2")
    run.expect("Linux that is none\r\n# ")
    run.send("echo alive-$((6*7))\r")
    run.expect("alive-42\r\n# ")
    run.send("\x1d")
    run.expect("openlpar> ")
    run.sendline("lp1")
    run.expect("Linux that is none\r\n# ")
    run.send("\x1d")
    run.expect("openlpar> ")
    run.sendline("lp7")
    run.expect("there is no partition lp7")
    run.sendline("log")
    run.expect("OpenLPAR that is none, start 1")
    run.expect("openlpar> ")
    run.sendintr()
    run.expect("openlpar> ")
    run.sendline("quit")
    run.expect("stopped in")
    run.expect(pexpect.EOF)
    run.wait()
    assert run.exitstatus == 0
    assert not processes(system.run)
