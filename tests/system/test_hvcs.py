# SPDX-License-Identifier: Apache-2.0
"""Linux's hvcs in one partition at the console of another."""

import re
import subprocess

import pexpect

from libmachine import ANSWER, BIN, BOOT, INITRD_NET, KERNEL_6_1, KERNEL_6_12, Plan

LEAVE = "\x18"  # Ctrl-X, in microcom
SYS = "/sys/bus/vio/devices/30000005"
LINES = 3000
SERIAL = """\
lpar_name=ops,lpar_id=1,slot_num=0,state=1,is_required=1,adapter_type=server,supports_hmc=1,remote_lpar_id=any,remote_lpar_name=,remote_slot_num=any
lpar_name=ops,lpar_id=1,slot_num=5,state=1,is_required=0,adapter_type=server,supports_hmc=0,remote_lpar_id=3,remote_lpar_name=web,remote_slot_num=0
lpar_name=ops12,lpar_id=2,slot_num=0,state=1,is_required=1,adapter_type=server,supports_hmc=1,remote_lpar_id=any,remote_lpar_name=,remote_slot_num=any
lpar_name=ops12,lpar_id=2,slot_num=5,state=1,is_required=0,adapter_type=server,supports_hmc=0,remote_lpar_id=any,remote_lpar_name=,remote_slot_num=any
lpar_name=web,lpar_id=3,slot_num=0,state=1,is_required=1,adapter_type=server,supports_hmc=1,remote_lpar_id=any,remote_lpar_name=,remote_slot_num=any
"""
HAS = "HSCL8040 The console of web is open already: partition {0} has it, through its virtual serial adapter in slot 5. "
BUSY = "microcom: can't open '/dev/hvcs0': Device or resource busy"


class Hvcs:
    """A machine with the partition web, and those that may have its console."""

    def __init__(self, machine):
        self.machine = machine

    def hmc(self, *words):
        """Status, output, messages of a command of the management console."""
        command = [BIN / "hmc", "--dir", self.machine.run, *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=ANSWER, check=False)
        return done.returncode, done.stdout, done.stderr

    def mkvterm(self):
        run = pexpect.spawn(str(BIN / "hmc"), ["--dir", str(self.machine.run), "mkvterm", "-p", "web"], timeout=ANSWER)
        run.delaybeforesend = None
        run.expect("at the beginning of a line leaves")
        return run

    def refused(self, who):
        assert self.hmc("mkvterm", "-p", "web") == (1, "", HAS.format(who) + "rmvterm takes it back.\n")

    def connect(self, who):
        """Partition WHO gets the console of web on its own."""
        self.machine.send(who, "microcom /dev/hvcs0\n")
        self.machine.wait_console(who, "connection opened")
        # What comes before microcom has set its terminal is lost.
        for _ in range(ANSWER):
            self.machine.send(who, "\r")
            try:
                return self.machine.wait_console(who, "web# ", timeout=1)
            except TimeoutError:
                pass
        raise TimeoutError(f"web does not answer {who}")

    def type(self, who, line, answer):
        self.machine.send(who, line + "\r")
        self.machine.wait_console(who, answer + r"\r?\nweb# ")

    def leave(self, who):
        self.machine.send(who, LEAVE)
        self.machine.wait_console(who, f"{who}# ")

    def busy(self, who):
        self.machine.send(who, "microcom /dev/hvcs0\n")
        self.machine.wait_console(who, BUSY)
        self.machine.wait_console(who, f"{who}# ")

    def free(self, who):
        self.machine.shell(who, f"echo 0 >{SYS}/vterm_state")

    def transfer(self):
        """What web writes fast arrives at ops as it was."""
        shell = self.machine.shell
        shell("ops", "stty -F /dev/hvcs0 raw -echo; exec 3<>/dev/hvcs0")
        # sed looks one line ahead.
        self.machine.send("ops", "sed '/^the-end/q' <&3 >/tmp/out & \n")
        shell("ops", f"echo 'seq 1 {LINES}; echo the-end; echo' >&3; wait", timeout=BOOT)
        sums = shell("ops", f"tr -d '\\r' </tmp/out | grep '^[0-9]*$' | md5sum; seq 1 {LINES} | md5sum")
        first, second = re.findall("^[0-9a-f]{32}", sums, re.MULTILINE)
        assert first == second
        shell("ops", "exec 3>&-")


def start(machine):
    plan = Plan().debian("ops", KERNEL_6_1, INITRD_NET, virtual_serial_adapters="5/server//3//0/0")
    plan.debian("ops12", KERNEL_6_12, INITRD_NET, virtual_serial_adapters="5/server//any//any/0").debian("web")
    hvcs = Hvcs(machine(plan, smp=2, mem="3G"))
    for name in ("ops", "ops12", "web"):
        hvcs.machine.wait_debian(name)
    return hvcs


def test_console_of_another(machine):
    """Used, left, taken from and given to people; through a reboot of its partition and the end of either."""
    hvcs = start(machine)
    for who in ("ops", "ops12"):
        known = hvcs.machine.shell(who, f"cat {SYS}/partner_vtys {SYS}/vterm_state {SYS}/partner_clcs; cat {SYS}/devspec")
        assert "\n30000000\n0\nU" in "\n" + known and "-V3-C0-T1\n" in known and "vty-server@30000005" in known

    assert hvcs.hmc("lshwres", "-r", "virtualio", "--rsubtype", "serial", "--level", "lpar") == (0, SERIAL, "")

    hvcs.connect("ops")
    hvcs.type("ops", "echo alive-$((6*7)); hostname", r"alive-42\r?\nweb")
    hvcs.refused("ops")
    hvcs.busy("ops12")
    hvcs.machine.send("ops", "reboot -f\r")
    hvcs.machine.wait_debian("web")
    hvcs.machine.wait_console("ops", "OpenLPAR partition web ready")
    hvcs.type("ops", "echo alive-$((6*8))", "alive-48")
    # Linux keeps it until it is told not to.
    hvcs.leave("ops")
    hvcs.refused("ops")
    hvcs.transfer()
    hvcs.free("ops")

    console = hvcs.mkvterm()
    console.send("\recho alive-$((6*9))\r")
    console.expect("alive-54\r\n")
    hvcs.busy("ops")
    hvcs.busy("ops12")
    console.send("\r~.")
    console.expect("web: left")

    hvcs.connect("ops12")
    hvcs.type("ops12", "hostname", "web")
    assert hvcs.hmc("rmvterm", "-p", "web") == (0, "", "")
    console = hvcs.mkvterm()
    hvcs.machine.send("ops12", "echo nobody-$((6*7))\r")
    console.send("\recho alive-$((7*9))\r")
    console.expect("alive-63\r\n")
    hvcs.leave("ops12")
    hvcs.free("ops12")
    hvcs.busy("ops12")
    assert hvcs.hmc("rmvterm", "-p", "web") == (0, "", "")
    console.expect("Connection has closed")
    console.expect(pexpect.EOF)
    console.wait()
    assert console.exitstatus == 1
    assert "nobody-42" not in hvcs.machine.console("web")

    hvcs.connect("ops")
    hvcs.refused("ops")
    assert hvcs.hmc("chsysstate", "-r", "lpar", "-o", "shutdown", "--immed", "-n", "ops")[0] == 0
    hvcs.connect("ops12")
    hvcs.refused("ops12")
    assert hvcs.hmc("chsysstate", "-r", "lpar", "-o", "shutdown", "--immed", "-n", "web")[0] == 0
    assert hvcs.hmc("chsysstate", "-r", "lpar", "-o", "on", "-n", "web")[0] == 0
    hvcs.machine.wait_console("ops12", "OpenLPAR partition web ready")
    hvcs.machine.wait_console("ops12", "web# ")
    hvcs.type("ops12", "echo alive-$((8*9))", "alive-72")
    assert hvcs.hmc("chsysstate", "-r", "lpar", "-o", "shutdown", "--immed", "-n", "web")[0] == 0
    assert hvcs.hmc("rmsyscfg", "-r", "lpar", "-n", "web") == (0, "", "")
    hvcs.leave("ops12")
    assert hvcs.machine.shell("ops12", "hostname") == "ops12\n"
