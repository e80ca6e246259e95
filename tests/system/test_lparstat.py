# SPDX-License-Identifier: Apache-2.0
"""Where processor time goes, as the hypervisor says it to people outside and to a partition itself."""

import csv
import re
import subprocess

from libmachine import ANSWER, BIN, INITRD_TOOLS, Plan


def sample(system):
    """The records of openlpar-stat --raw."""
    command = [BIN / "openlpar-stat", "--dir", system.run, "--raw"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=ANSWER, check=False)
    assert done.returncode == 0, done.stderr
    return [
        {name: int(value) if value.isdigit() else value for name, value in (field.split("=", 1) for field in line)}
        for line in csv.reader(done.stdout.splitlines())
    ]


def total(records, *names):
    """The sum of the attributes NAMES over all records that have them."""
    return sum(record[name] for record in records if names[0] in record for name in names)


def assert_sums(before, now):
    """Every tick of every processor is somebody's, and every tick of a partition is a processor's."""
    time = now[0]["time_cycles"] - before[0]["time_cycles"]
    assert time > 0
    every = ("partition_cycles", "idle_cycles", "hypervisor_cycles")
    for cpu, cpu_before in ((now[i], before[i]) for i in range(len(now)) if now[i]["resource_type"] == "proc"):
        assert sum(cpu[name] - cpu_before[name] for name in every) == time
    for records in (before, now):
        used = total(records, "capped_cycles", "uncapped_cycles")
        assert abs(total(records, "partition_cycles") - used) <= used / 1000


def test_sums_and_lparstat(machine):
    """Three kinds of partitions compute; then a Debian partition looks at itself, idle and busy."""
    system = machine(
        Plan()
        .debian("lp1", initrd=INITRD_TOOLS, procs=2, desired_proc_units="0.5", max_proc_units=1)
        .guest("cap", "hog", desired_proc_units="0.3", sharing_mode="cap")
        .guest("ded", "hog", proc_mode="ded", sharing_mode="share_idle_procs_active", args="duty=50"),
        smp=2, mem="3G",
    )  # fmt: skip
    system.wait_debian("lp1")
    samples = [sample(system) for _ in range(20)]
    for i in range(1, len(samples)):
        assert_sums(samples[i - 1], samples[i])
    before, now = samples[0], samples[-1]
    assert [(record["proc"], record["lpar_id"]) for record in now if record["resource_type"] == "proc"] == [
        (0, 0), (1, 3),
    ]  # fmt: skip
    lp1, cap, ded = ({name: (now[i][name], before[i][name]) for name in now[i]} for i in range(-3, 0))
    assert cap["uncapped_cycles"][0] == 0 and ded["uncapped_cycles"][0] == 0
    assert cap["capped_cycles"][0] > cap["capped_cycles"][1]
    assert ded["idle_cycles"][0] + ded["donated_cycles"][0] > ded["idle_cycles"][1] + ded["donated_cycles"][1]
    assert (lp1["curr_proc_units"][0], lp1["curr_procs"][0], lp1["curr_sharing_mode"][0]) == ("0.50", 2, "uncap")

    system.shell("lp1", "insmod /lib/modules/$(uname -r)/lparcfg.ko")
    facts = dict(re.findall(r"^(\S.*?) *: (.*)$", system.shell("lp1", "lparstat -i"), re.MULTILINE))
    for name, value in {
        "Partition Name": "lp1", "Partition Number": "1", "Type": "Shared", "Mode": "Uncapped",
        "Entitled Capacity": "0.50", "Online Virtual CPUs": "2", "Maximum Capacity": "1.00",
        "Active CPUs in Pool": "1", "Memory Mode": "Dedicated", "Desired Variable Capacity Weight": "128",
    }.items():  # fmt: skip
        assert facts[name] == value, facts
    system.shell("lp1", "while :; do :; done & while :; do :; done & sleep 2")
    figures = system.shell("lp1", "lparstat 3 2; kill %1 %2")
    rows = [line.split() for line in figures.splitlines() if re.match(r" *\d+\.\d\d ", line)]
    assert len(rows) == 2, figures
    for user, _, _, idle, used, entitled, *_ in ([float(word) for word in row] for row in rows):
        assert user > 50 and idle < 50, figures
        # Half of the pool's processor at least, on an even host; all of it and half of the other, which is lent, at most.
        assert 0.25 < used < 1.6 and abs(entitled - used / 0.5 * 100) < 3, figures
