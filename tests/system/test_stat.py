# SPDX-License-Identifier: Apache-2.0
"""openlpar-stat and the daemon's part in it, with a machine that is none (fake_hypervisor.c) behind them."""

import csv
import os
import re
import signal
import subprocess

import pytest

# pylint: disable=unused-import
from libfake import ANSWER, FAKE, make_build, make_running, make_system, processes, wait_until  # noqa: F401


def records(text, kind):
    """The attributes of each line of openlpar-stat --raw that is about a KIND of thing."""
    lines = [dict(field.split("=", 1) for field in line) for line in csv.reader(text.splitlines())]
    return [line for line in lines if line["resource_type"] == kind]


def test_stat_raw(make):
    system = make()
    assert system.up(FAKE_NAMES="lp1,a; b,broken").returncode == 0
    done = system.stat("--raw")
    assert (done.returncode, done.stderr) == (0, "")
    (whole,), (pool,) = records(done.stdout, "sys"), records(done.stdout, "pool")
    assert whole["time_cycles"] == whole["cycles_per_second"] == "512000000"
    assert whole["configurable_sys_proc_units"] == "2.00"
    assert (pool["configurable_pool_proc_units"], pool["curr_avail_pool_proc_units"]) == ("1.00", "0.75")
    processors = records(done.stdout, "proc")
    assert [(cpu["proc"], cpu["lpar_id"]) for cpu in processors] == [("0", "0"), ("1", "1")]
    for cpu in processors:
        cycles = [int(cpu[f"{kind}_cycles"]) for kind in ("partition", "idle", "hypervisor")]
        assert cycles == [384000000, 102400000, 25600000]
    assert records(done.stdout, "lpar")[:2] == [
        {
            "resource_type": "lpar", "lpar_id": "1", "state": "Running", "curr_proc_mode": "ded",
            "curr_sharing_mode": "share_idle_procs_active", "curr_uncap_weight": "0", "curr_procs": "1",
            "curr_proc_units": "1.00", "entitled_cycles": "512000000", "capped_cycles": "128000000",
            "uncapped_cycles": "0", "idle_cycles": "128000000", "donated_cycles": "256000000",
            "dispatches": "100", "dispersions": "10", "lpar_name": "lp1",
        },
        {
            "resource_type": "lpar", "lpar_id": "2", "state": "Running", "curr_proc_mode": "shared",
            "curr_sharing_mode": "uncap", "curr_uncap_weight": "128", "curr_procs": "2",
            "curr_proc_units": "0.25", "entitled_cycles": "128000000", "capped_cycles": "128000000",
            "uncapped_cycles": "64000000", "idle_cycles": "0", "donated_cycles": "0",
            "dispatches": "200", "dispersions": "20", "lpar_name": "a, b",
        },
    ]  # fmt: skip
    assert re.search(r'dispersions=20,"lpar_name=a, b"\n', done.stdout)
    assert records(done.stdout, "lpar")[2]["state"] == "Error"
    done = system.stat()
    assert re.search(r"^a, b +uncap +2 ", done.stdout, re.MULTILINE)
    assert system.down().returncode == 0


def table(text, first):
    """Rows of the table whose heading begins with the word FIRST, split into columns."""
    block = re.search(rf"^{first} .*\n((?:.+\n)*)", text, re.MULTILINE)
    return [re.split(r" {2,}|(?<=[\d.-]) ", line) for line in block[1].splitlines()]


def test_stat_tables(system):
    done = system.stat()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("all time so far, in seconds of processor time; shared pool 1.00, not assigned 0.75\n")
    done = system.stat("0.1", "2")
    assert (done.returncode, done.stderr) == (0, "")
    samples = done.stdout.split("\n\n1.000 s, ")
    assert len(samples) == 2
    for sample in samples:
        assert table(sample, "partition") == [
            ["lp1", "share_idle_procs_active", "1", "1.00", "1.000", "0.250", "25.0", "-", "0.250", "0.500", "100",
             "Running"],
            ["lp2", "uncap", "2", "0.25", "0.250", "0.375", "150.0", "0.125", "-", "-", "200", "Running"],
        ]  # fmt: skip
        assert table(sample + "\n", "processor") == [
            ["0", "(shared)", "75.00", "20.00", "5.00"],
            ["1", "lp1", "75.00", "20.00", "5.00"],
        ]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["0"], "0: the interval must be a number of seconds from 0.1 to 86400"),
        (["86401"], "86401: the interval must be a number of seconds from 0.1 to 86400"),
        (["nan"], "nan: the interval must be a number of seconds from 0.1 to 86400"),
        (["1e3"], "1e3: the interval must be a number of seconds from 0.1 to 86400"),
        (["1.2.3"], "1.2.3: the interval must be a number of seconds from 0.1 to 86400"),
        ([""], ": the interval must be a number of seconds from 0.1 to 86400"),
        (["1", "0"], "0: the count must be a number from 1 to 1000000"),
        (["1", "99999999999999999999"], "99999999999999999999: the count must be a number from 1 to 1000000"),
        (["1", "1x"], "1x: the count must be a number from 1 to 1000000"),
        (["1", "1", "1"], "1: there is nothing behind the count"),
    ],
)
def test_stat_bad_input(make, arguments, message):
    done = make().stat(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"openlpar-stat: {message}\n")


def test_stat_bad_options(make):
    system = make()
    for arguments in (["--dir"], ["--dir", "x", "--bad"], []):
        done = system.start("openlpar-stat", *arguments)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    system.run.mkdir()
    done = system.stat()
    assert (done.returncode, done.stderr) == (1, f"openlpar-stat: no system is running in {system.run}\n")


def test_stats_of_many_at_once(system):
    """Each gets an answer of its own question or one that was on its way, and what it sent behind it is served."""
    clients = [system.client() for _ in range(20)]
    for client in clients:
        client.sendall(b"stats\nstate\nstats\n")
    for client in clients:
        answer = b""
        while answer.count(b"\nok") < 3:
            answer += client.recv(65536)
        lines = answer.decode().splitlines()
        ends = [i for i, line in enumerate(lines) if line.startswith("ok")]
        assert [lines[i] for i in ends] == ["ok", "ok running", "ok"]
        for block in (lines[: ends[0]], lines[ends[1] + 1 : ends[2]]):
            assert [line.split(",")[0] for line in block] == [
                f"resource_type={kind}" for kind in ("sys", "pool", "proc", "proc", "lpar", "lpar")
            ]
        client.close()


def test_stats_when_nobody_answers(make):
    system = make()
    command = [system.build / "bin/openlpar-up", "--dir", system.run, "--qemu", FAKE]
    up = subprocess.Popen(command, env=os.environ | {"FAKE_DEAF": "1"}, stderr=subprocess.PIPE, text=True)
    wait_until("log", lambda: b"start 1" in system.log("hypervisor.log"))
    done = system.stat()
    assert (done.returncode, done.stderr) == (1, "openlpar-stat: the hypervisor has not answered yet\n")
    up.send_signal(signal.SIGINT)
    up.communicate(timeout=ANSWER)
    assert not processes(system.run)


def test_stats_on_a_damaged_wire(make):
    """An answer is whole, or there is none; it is asked for until it is."""
    system = make()
    assert system.up(FAKE_DAMAGE="2000").returncode == 0
    for _ in range(20):
        done = system.stat("--raw")
        assert (done.returncode, done.stderr) == (0, "")
        times = int(records(done.stdout, "sys")[0]["time_cycles"]) // 512000000
        assert [int(cpu["hypervisor_cycles"]) for cpu in records(done.stdout, "proc")] == [times * 25600000] * 2
        assert [int(lpar["dispatches"]) for lpar in records(done.stdout, "lpar")] == [times * 100, times * 200]
    assert system.down().returncode == 0
