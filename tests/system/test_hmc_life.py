# SPDX-License-Identifier: Apache-2.0
"""The life of a system that its administrator makes from nothing, and what ends in the middle of a change."""

import os
import re
import signal
import time

import pytest

from libhmc import RECORD, Console, Trap, ended, make_console, own_registry  # noqa: F401
from libmachine import ANSWER, BOOT, INITRD, KERNEL_6_1, Plan

PROFILE = (
    "name=web,profile_name=normal,lpar_env=aixlinux,min_mem=256,desired_mem=512,max_mem=1024,proc_mode=shared,"
    "min_proc_units=0.1,desired_proc_units=1.0,max_proc_units=2.0,min_procs=1,desired_procs=1,max_procs=2,"
    "sharing_mode=uncap,uncap_weight=128,max_virtual_slots=10,boot_mode=norm,conn_monitoring=1,auto_start=0,"
    "io_slots=none,power_ctrl_lpar_ids=none,work_group_id=none"
)


def wait_until(what, condition):
    """Waits until CONDITION() is true, and returns it."""
    end = time.monotonic() + ANSWER
    while not (value := condition()):
        assert time.monotonic() < end, f"{what}: not within {ANSWER} s"
        time.sleep(0.05)
    return value


def refcodes(hmc, name):
    return hmc.ok("lsrefcode", "-r", "lpar", "--filter", f"lpar_names={name}", "-n", "25", "-F", "refcode").split()


def test_from_nothing(machine, tmp_path):
    """No partition, no boot image; then Debian, told all that one can be told; then the same system elsewhere."""
    first = machine(Plan(), smp=2)
    hmc = Console(first)
    assert hmc.ok("lssyscfg", "-r", "lpar") == "No results were found.\n"
    assert "mkimage" in hmc("mksyscfg", "-r", "lpar", "-i", PROFILE)[2]
    began = time.monotonic()
    hmc.ok("mkimage", "-n", "linux", "--kernel", KERNEL_6_1, "--initrd", INITRD)
    rate = (KERNEL_6_1.stat().st_size + INITRD.stat().st_size) / (time.monotonic() - began)
    assert rate > 1e6, f"{rate:.0f} bytes a second"
    # Attributes of the HMC, no other.
    hmc.ok("mksyscfg", "-r", "lpar", "-m", "test", "-i", PROFILE)
    hmc.ok("chsysstate", "-r", "lpar", "-m", "test", "-o", "on", "-n", "web", "-f", "normal", "-b", "of")
    first.wait_debian("web")
    hmc.ok("chsysstate", "-r", "lpar", "-m", "test", "-o", "osshutdown", "-n", "web", "--restart")
    first.wait_debian("web")
    hmc.ok("chsysstate", "-r", "lpar", "-m", "test", "-o", "dumprestart", "-n", "web")
    first.wait_console("web", "Kernel panic.*System Reset")
    first.wait_debian("web")
    codes = refcodes(hmc, "web")
    assert codes[0] == "CA00E1FF" and [codes.count(code) for code in ("D2003001", "D2001001", "D2004000", "B2003110")] == [1] * 4
    hmc.ok("chsyscfg", "-r", "prof", "-i", "name=normal,lpar_name=web,auto_start=1")
    saved = tmp_path / "saved.plan"
    hmc.ok("mksysplan", "-m", "test", "-f", saved)
    status, _, error = hmc("deploysysplan", "-f", saved)
    assert (status, error) == (1, "HSCL8027 A plan cannot be deployed while the partition web is in the state Running.\n")
    # Everybody is told to shut down before the power goes.
    qemu = first.qemu_pid()
    hmc.ok("chsysstate", "-r", "sys", "-m", "test", "-o", "off", timeout=BOOT)
    wait_until("the machine's end", lambda: ended(qemu))
    assert "reboot: Power down" in first.console("web")

    second = machine(saved.read_text(), smp=2)
    hmc = Console(second)
    second.wait_debian("web")
    again = hmc.ok("mksysplan", "-f", "-")
    assert again.replace(str(second.run), str(first.run)) == saved.read_text()
    second.shell("web", "true")
    second.send("web", "poweroff\n")
    second.wait_console("web", "reboot: Power down")
    hmc.wait_state("web", "Not Activated")
    hmc.ok("deploysysplan", "-f", saved)
    assert hmc.ok("lssyscfg", "-r", "lpar", "-F", "name,state") == "web,Not Activated\n"
    status, _, error = hmc("rmimage", "-n", "linux")
    assert status == 1 and error.startswith("HSCL8024 ")
    hmc.ok("rmsyscfg", "-r", "lpar", "-n", "web")
    hmc.ok("rmimage", "-n", "linux")
    assert hmc.ok("lsimage") == "No results were found.\n"


def test_images_larger_than_a_plan(machine, tmp_path):
    """What starts with the machine and does not fit into its plan is sent and started by the daemon."""
    running = machine(Plan(lmb=32), mem="1536M")
    hmc = Console(running)
    echo = os.path.join(os.path.dirname(KERNEL_6_1), "tests/echo.elf")
    with (tmp_path / "initrd").open("wb") as file:
        file.write(os.urandom(1 << 20))
        file.truncate(45 << 20)
    for name in ("one", "two", "three"):
        hmc.ok("mkimage", "-n", name, "--kernel", echo, "--initrd", tmp_path / "initrd")
        hmc.ok(
            "mksyscfg", "-r", "lpar", "-i",
            f"name={name},desired_mem=128,desired_procs=1,boot_image={name},boot_mode=fdt,rmo_size=64,auto_start=1",
        )  # fmt: skip
    # A partition gets less than it desires when there is less, and its page table still fits.
    hmc.ok("mksyscfg", "-r", "lpar", "-i", "name=rest,desired_mem=4096,min_mem=128,desired_procs=1,boot_image=one,boot_mode=fdt")
    hmc.ok("chsysstate", "-r", "lpar", "-o", "on", "-n", "rest")
    least, desired, has = hmc.ok(
        "lshwres", "-r", "mem", "--level", "lpar", "--filter", "lpar_names=rest", "-F", "curr_min_mem,curr_mem,run_mem"
    ).split(",")
    assert (least, desired) == ("128", "4096") and 768 <= int(has) < 1536
    running.stop()
    running.start()
    for name in ("one", "two", "three"):
        hmc.wait_state(name, "Running", BOOT)
    assert hmc.state("rest") == "Not Activated"
    assert hmc.ok("lshwres", "-r", "mem", "--level", "sys", "-F", "mem_region_size") == "32\n"


def test_ends_while_it_writes(machine):
    """What is said of a partition's end and what is asked of it cross one another, while its console writes all the time."""
    hmc = Console(machine(Plan().guest("flood", "flood"), smp=2))
    for _ in range(30):
        hmc.ok("chsysstate", "-r", "lpar", "-o", "shutdown", "--immed", "-n", "flood")
        assert hmc.state("flood") == "Not Activated"
        hmc.ok("chsysstate", "-r", "lpar", "-o", "on", "-n", "flood")
        hmc.wait_state("flood", "Running")


CHANGES = [
    # the requests of a change, the change, and what is so after it
    (["DEFINE"], ["mksyscfg", "-r", "lpar", "-i", RECORD.format("web")], "Not Activated"),
    (["UPLOAD", "ACTIVATE"], ["chsysstate", "-r", "lpar", "-o", "on", "-n", "web"], "Running"),
    (["ACTION"], ["chsysstate", "-r", "lpar", "-o", "shutdown", "--immed", "-n", "web"], "Not Activated"),
    (["REMOVE"], ["rmsyscfg", "-r", "lpar", "-n", "web"], None),
]


def known(hmc):
    """The partitions that the store has, with their states; when the hypervisor has the same."""

    def agreed():
        listed = hmc.ok("lssyscfg", "-r", "lpar", "-F", "name,state").splitlines()
        return "Not Available" not in "".join(listed) and dict(line.split(",") for line in listed)

    return wait_until("store and hypervisor agree", agreed)


@pytest.mark.parametrize("moment", ["lost", "sent", "unanswered"])
def test_daemon_is_killed_at_each_request(hmc, moment):
    """Of each request: before it reaches the hypervisor, before it is answered, before the answer has come."""
    free = ("lshwres", "-r", "mem", "--level", "sys", "-F", "curr_avail_sys_mem")
    memory = hmc.ok(*free)
    hmc.kill_daemon()
    trap = Trap(hmc.run)
    hmc.start_daemon()
    for kinds, change, after in CHANGES:
        before = known(hmc).get("web")
        for kind in kinds:
            trap.set(kind, moment, lambda: os.kill(int((hmc.run / "hmcd.pid").read_text()), signal.SIGKILL))
            status, _, error = hmc(*change)
            assert status == 1 and error.count("\n") == 1 and trap.action is None, (kind, error)
            hmc.kill_daemon()
            hmc.start_daemon()
            now = known(hmc)
            assert set(now) <= {"first", "web"} and now["first"] == "Running"
            assert now.get("web") in (before, after, "Starting", "Shutting Down"), kind
            if now.get("web") != before:
                break
        if now.get("web") == before:
            hmc.ok(*change)
        if after:
            hmc.wait_state("web", after)
        else:
            assert set(known(hmc)) == {"first"}
    assert hmc.ok(*free) == memory


def test_daemon_is_killed_while_it_writes(hmc):
    """As soon as the store's journal is there."""
    for number in range(3):
        before = set(known(hmc))
        hmc_run = hmc.run
        pid = int((hmc_run / "hmcd.pid").read_text())
        change = hmc.spawn("mksyscfg", "-r", "lpar", "-i", RECORD.format(f"lp{number}"))
        end = time.monotonic() + ANSWER
        while not (hmc_run / "hmc.db-journal").exists() and change.isalive():
            assert time.monotonic() < end
        os.kill(pid, signal.SIGKILL)
        change.wait()
        hmc.kill_daemon()
        hmc.start_daemon()
        now = set(known(hmc))
        assert now in (before, before | {f"lp{number}"}) and (change.exitstatus or f"lp{number}" in now)
        profiles = hmc.ok("lssyscfg", "-r", "prof", "-F", "lpar_name").split()
        assert sorted(profiles) == sorted(now)


def test_machine_is_killed_in_a_change(hmc):
    """What was acknowledged is there when the system is started again; a change that was under way says that it failed."""
    hmc.make("kept")
    hmc.kill_daemon()
    trap = Trap(hmc.run)
    hmc.start_daemon()
    trap.set("ACTIVATE", "sent", lambda: os.kill(hmc.machine.qemu_pid(), signal.SIGKILL))
    status, _, error = hmc("chsysstate", "-r", "lpar", "-o", "on", "-n", "kept")
    assert status == 1 and re.fullmatch("(HSCL|hmc:).*\n", error), error
    assert hmc.hmcd.wait(ANSWER) == 0
    hmc.hmcd = None
    hmc.machine.start()
    hmc.wait_state("first", "Running")
    assert known(hmc) == {"first": "Running", "kept": "Not Activated"}
    hmc.ok("chsysstate", "-r", "lpar", "-o", "on", "-n", "kept")
    hmc.wait_state("kept", "Running")
