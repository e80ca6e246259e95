# SPDX-License-Identifier: Apache-2.0
"""The management console's commands on a whole machine, as an administrator types them."""

import os
import random
import re
import signal
import subprocess
import threading
import time

import pexpect

from libhmc import HMC, RECORD, BadWire, Console, make_console, own_registry  # noqa: F401
from libmachine import ANSWER, BOOT, INITRD, KERNEL_6_1, Plan


def test_session(machine):
    """A partition is created from nothing, activated, its console used, shut down and removed; only HMC commands."""
    hmc = Console(machine(Plan().lpar("first", KERNEL_6_1, INITRD, mem=512, auto_start=0), smp=2, mem="2G"))
    image = hmc.ok("lsimage", "-F", "name").strip()
    memory = hmc.ok("lshwres", "-r", "mem", "--level", "sys", "-F", "curr_avail_sys_mem")
    shell = hmc.spawn()
    shell.expect("hmc> ")
    shell.send(
        f"mksyscfg -r lpar -i name=web,desired_mem=512,desired_procs=1,boot_image={image},"
        "boot_mode=of,boot_args=console=hvc0\r"
    )
    shell.expect("\r\n.*hmc> ")
    shell.send("lssyscfg -r lpar -m test -F name,lpar_id,state --header\r")
    shell.expect("name,lpar_id,state\r\n(.*\r\n)?web,2,Not Activated\r\n")
    shell.expect("hmc> ")
    shell.send("chsysstate -r lpar -m test -o on -n web -f default\r")
    shell.expect("hmc> ", timeout=BOOT)
    shell.send("mkvterm -m test -p web\r")
    shell.expect(r"(web# |Kernel panic)", timeout=BOOT)
    assert shell.match.group(1) == "web# "
    shell.send("echo alive-$((6*7)); uname -m\r")
    shell.expect("alive-42\r+\nppc64le\r+\n.*web# ")
    shell.send("\r~.")
    shell.expect(r"\[web: left\]\r\n.*hmc> ")
    assert hmc.state("web") == "Running"
    assert hmc.ok("lshwres", "-r", "mem", "--level", "sys", "-F", "curr_avail_sys_mem") != memory
    shell.send("chsysstate -r lpar -m test -o shutdown -n web\r")
    shell.expect("hmc> ", timeout=BOOT)
    hmc.wait_state("web", "Not Activated", BOOT)
    assert hmc.ok("lshwres", "-r", "mem", "--level", "sys", "-F", "curr_avail_sys_mem") == memory
    shell.send("rmsyscfg -r lpar -m test -n web\r")
    shell.expect("hmc> ")
    shell.send("lssyscfg -r lpar -F name\r")
    shell.expect(r"lssyscfg -r lpar -F name\s+(\x1b\[\?2004l)?\s*first\r\n.*hmc> ")
    shell.send("exit\r")
    shell.expect(pexpect.EOF)


def test_formats(hmc):
    """Records, lists of attributes, headers and filters look as on an HMC."""
    hmc.make("second", ',"boot_args=a,b"')
    lists = [
        ("lpar -F name,lpar_id,state", "first,1,Running\nsecond,2,Not Activated\n"),
        ("lpar -F name:lpar_id --header", "name:lpar_id\nfirst:1\nsecond:2\n"),
        ("lpar --filter lpar_ids=2 -F name", "second\n"),
        ("lpar --filter lpar_names=first -F state,default_profile", "Running,default\n"),
        ("lpar --filter lpar_names=none", "No results were found.\n"),
        ("prof --filter lpar_names=second -F name,desired_mem,boot_args", 'default,64,"a,b"\n'),
        ("sys -F name,state", "test,Operating\n"),
    ]
    for words, expected in lists:
        assert hmc("lssyscfg", "-r", *words.split()) == (0, expected, ""), words
    record = hmc.ok("lssyscfg", "-r", "lpar", "--filter", "lpar_ids=2")
    assert record.startswith("name=second,lpar_id=2,") and ",state=Not Activated," in record
    record = hmc.ok("lssyscfg", "-r", "prof", "--filter", "lpar_ids=2")
    assert record.startswith("name=default,lpar_name=second,lpar_id=2,") and ',"boot_args=a,b"' in record
    # What is listed can be read again.
    pairs = hmc.ok("lssyscfg", "-r", "prof", "--filter", "lpar_ids=2", "-F", "desired_mem,boot_image").strip()
    assert pairs == "64,image0"
    for name in hmc.ok("help").split("\n"):
        command = name.split("\t")[0]
        if command and command not in ("help", "history", "mkvterm") and "," not in command:
            assert hmc.ok(command, "--help").startswith(f"usage: {command} ")


def test_many_in_a_file(hmc, tmp_path):
    """All or nothing."""
    good = "".join(RECORD.format(f"lp{n}") + "\n" for n in range(3))
    bad = good + "name=bad,nonsense=1\n"
    before = hmc.ok("lssyscfg", "-r", "lpar", "-F", "name")
    for source in ("-", tmp_path / "records"):
        for text, expected in ((bad, 1), (good, 0)):
            (tmp_path / "records").write_text(text)
            status, output, error = hmc("mksyscfg", "-r", "lpar", "-f", source, input=text)
            assert (status, output) == (expected, "") and ("nonsense" in error) == (expected == 1), error
            listed = hmc.ok("lssyscfg", "-r", "lpar", "-F", "name")
            assert listed == (before if expected else before + "lp0\nlp1\nlp2\n")
        for number in range(3):
            hmc.ok("rmsyscfg", "-r", "lpar", "-n", f"lp{number}")


def test_trace_follow(hmc):
    """hmctrace shows what comes until it is interrupted, and its thread ends with it."""
    pid = (hmc.run / "hmcd.pid").read_text().strip()
    hmc.make("second")
    threads = len(os.listdir(f"/proc/{pid}/task"))
    run = hmc.spawn("hmctrace", "-n", "1000", "--follow", "--filter", "types=partition_state")
    run.expect("lpar=1 vp=0 partition_state a=0x3 b=0x0\r\n")
    hmc.ok("chsysstate", "-r", "lpar", "-o", "on", "-n", "second")
    run.expect("lpar=2 vp=0 partition_state a=0x3 b=0x0\r\n")
    hmc.ok("chsysstate", "-r", "lpar", "-o", "shutdown", "--immed", "-n", "second")
    run.expect("lpar=2 vp=0 partition_state a=0x0 b=0x0\r\n")
    run.sendintr()
    run.expect(pexpect.EOF)
    run.wait()
    assert run.signalstatus == signal.SIGINT
    deadline = time.monotonic() + ANSWER
    while len(os.listdir(f"/proc/{pid}/task")) > threads:
        assert time.monotonic() < deadline, "the command's thread goes on"
        time.sleep(0.05)


def test_what_cannot_be(hmc):
    """A line for each thing that is wrong, status 1, and everything is as it was."""
    hmc.make("second")
    refused = [
        "lssyscfg", "lssyscfg -r nothing", "lssyscfg -r lpar -m other", "lssyscfg -r lpar -F name,nonsense",
        "lssyscfg -r lpar --nonsense", "lssyscfg -r lpar extra", "nonsense",
        "mksyscfg -r lpar -i name=x", "mksyscfg -r lpar -i " + RECORD.format("first"),
        "mksyscfg -r lpar -i lpar_id=1," + RECORD.format("x"),
        "mksyscfg -r lpar -i lpar_id=0," + RECORD.format("x"),
        "mksyscfg -r lpar -i nonsense=1," + RECORD.format("x"),
        "mksyscfg -r lpar -i desired_procs=0,name=x,desired_mem=64,boot_image=image0",
        "mksyscfg -r lpar -i desired_procs=1,name=x,desired_mem=65,boot_image=image0",
        "mksyscfg -r lpar -i desired_procs=1,name=x,desired_mem=64,boot_image=none",
        "mksyscfg -r lpar -f /nowhere", "mksyscfg -r lpar -i", "mksyscfg -r prof -i name=x",
        "chsyscfg -r lpar -i name=none,new_name=x", "chsyscfg -r lpar -i name=second,new_name=first",
        "chsyscfg -r prof -i name=default,lpar_name=second,desired_mem=0",
        "rmsyscfg -r lpar -n first", "rmsyscfg -r lpar -n none", "rmsyscfg -r lpar --id 77",
        "chsysstate -r lpar -o on -n first", "chsysstate -r lpar -o on -n none",
        "chsysstate -r lpar -o on -n second -f none", "chsysstate -r lpar -o nonsense -n second",
        "chsysstate -r lpar -o shutdown --immed -n second", "rmimage -n image0", "rmimage -n none",
        "mkimage -n x --kernel /nowhere", "mkvterm -p none", "mkvterm --id 77", "mkvterm -m other -p first",
        "rmvterm -p none",
    ]  # fmt: skip
    look = [("lssyscfg", "-r", kind) for kind in ("lpar", "prof")] + [("lshwres", "-r", "mem", "--level", "sys")]
    before = [hmc.ok(*words) for words in look]
    for line in refused:
        status, output, error = hmc(*line.split())
        assert (status, output) == (1, ""), f"{line}: {status}\n{output}{error}"
        assert re.fullmatch(r"((HSC\w+|mkvterm:|hmc:) .+\n)+", error), f"{line}: {error!r}"
    assert [hmc.ok(*words) for words in look] == before
    # More memory than there is: it is made, for another day, but not activated.
    hmc.ok("mksyscfg", "-r", "lpar", "-i", "name=large,desired_mem=4096,desired_procs=1,boot_image=image0,boot_mode=fdt")
    status, _, error = hmc("chsysstate", "-r", "lpar", "-o", "on", "-n", "large")
    assert status == 1 and error.startswith("HSCL") and error.count("\n") == 1
    assert hmc.state("large") == "Not Activated"
    assert hmc.ok(*look[2]) == before[2]


def test_console(hmc):
    """One holder at a time; rmvterm takes it back."""
    first = hmc.spawn("mkvterm", "--id", "1")
    first.expect("echo: ready")
    first.send("hello\r")
    first.expect("hello")
    status, _, error = hmc("mkvterm", "-p", "first")
    assert status == 1 and error.startswith("A terminal session is already open for this partition.\n")
    hmc.ok("rmvterm", "--id", "1")
    first.expect("Connection has closed\r\n")
    first.expect(pexpect.EOF)
    status, output, _ = hmc("mkvterm", "-p", "first", input="again\r")
    assert status == 0 and "hello" in output and "again" in output.split("hello")[-1]


def test_two_administrators(hmc):
    """Each change is made whole, one after the other; what one has taken the other does not get."""
    made, refused = [], []

    def administrator(number):
        for round_ in range(4):
            for name in (f"own{number}x{round_}", f"shared{round_}"):
                status, _, error = hmc("mksyscfg", "-r", "lpar", "-i", RECORD.format(name))
                (made if status == 0 else refused).append((name, error))

    threads = [threading.Thread(target=administrator, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = sorted(name for name, _ in made)
    assert names == sorted([f"own{n}x{r}" for n in range(4) for r in range(4)] + [f"shared{r}" for r in range(4)])
    assert all(re.match("HSCL0511 The name shared. is already", error) for _, error in refused)
    listed = hmc.ok("lssyscfg", "-r", "lpar", "-F", "name,lpar_id").split()
    assert sorted(line.split(",")[0] for line in listed) == sorted([*names, "first"])
    assert len({line.split(",")[1] for line in listed}) == len(listed)
    # The same one is activated, ended and removed by all at once.
    for words in ("chsysstate -r lpar -o on -n shared0", "rmsyscfg -r lpar -n shared1"):
        results = []
        threads = [threading.Thread(target=lambda: results.append(hmc(*words.split())[0])) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == [0, 1, 1, 1], words
    hmc.wait_state("shared0", "Running")


def test_daemon_is_killed_in_a_change(hmc):
    """kill -9 at any time: what was acknowledged is there, and nothing is half there."""
    chosen = random.Random(4)
    there = {"first"}
    memory = hmc.ok("lshwres", "-r", "mem", "--level", "sys", "-F", "curr_avail_sys_mem")
    for number in range(12):
        name = f"lp{number}"
        text = f"mksyscfg -r lpar -i {RECORD.format(name)} && chsysstate -r lpar -o on -n {name} && "
        text += f"chsysstate -r lpar -o shutdown --immed -n {name} && rmsyscfg -r lpar -n {name}"
        change = subprocess.Popen([HMC, "--dir", hmc.run, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(chosen.uniform(0.0, 0.25))  # where in the change it is does not matter, only that it differs
        hmc.kill_daemon()
        change.communicate(timeout=ANSWER)
        hmc.start_daemon()
        listed = dict(line.split(",") for line in hmc.ok("lssyscfg", "-r", "lpar", "-F", "name,state").split("\n") if line)
        assert set(listed) in (there, there | {name})
        assert listed["first"] == "Running"
        profiles = hmc.ok("lssyscfg", "-r", "prof", "-F", "lpar_name").split()
        assert sorted(profiles) == sorted(listed)
        if name in listed:
            if listed[name] != "Not Activated":
                # It may be on its way there already, and is refused when it has arrived.
                hmc("chsysstate", "-r", "lpar", "-o", "shutdown", "--immed", "-n", name)
                hmc.wait_state(name, "Not Activated")
            hmc.ok("rmsyscfg", "-r", "lpar", "-n", name)
    assert hmc.ok("lshwres", "-r", "mem", "--level", "sys", "-F", "curr_avail_sys_mem") == memory
    hmc.make("kept")
    hmc.kill_daemon()
    hmc.start_daemon()
    assert hmc.state("kept") == "Not Activated"


def test_damaged_frames(hmc):
    """Commands go over a wire that damages one byte in 500, each way."""
    hmc.kill_daemon()
    wire = BadWire(hmc.run, 500)
    hmc.start_daemon()
    for number in range(3):
        hmc.make(f"lp{number}")
        hmc.ok("chsyscfg", "-r", "prof", "-i", f"name=default,lpar_name=lp{number},uncap_weight=64")
        hmc.ok("chsysstate", "-r", "lpar", "-o", "on", "-n", f"lp{number}")
        hmc.wait_state(f"lp{number}", "Running")
        status, output, _ = hmc("mkvterm", "-p", f"lp{number}", input="over a bad wire\r")
        assert status == 0 and "over a bad wire" in output
        hmc.ok("chsysstate", "-r", "lpar", "-o", "shutdown", "--immed", "-n", f"lp{number}")
        hmc.wait_state(f"lp{number}", "Not Activated")
        hmc.ok("rmsyscfg", "-r", "lpar", "-n", f"lp{number}")
    assert hmc.ok("lssyscfg", "-r", "lpar", "-F", "name,state") == "first,Running\n"
    assert wire.damaged > 10
