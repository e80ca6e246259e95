# SPDX-License-Identifier: Apache-2.0
"""Machines that run the same loops (tests/bench/linux/init) in turns."""

import pathlib
import re
import sys
import time
import typing

from machine import PATIENCE

FIRST = 3  # laps left out: a kernel that has just come up is still busy
POLL = 0.005  # seconds


class Cost(typing.NamedTuple):
    """Nanoseconds per turn of a loop."""

    own: float  # by the machine's clock: instructions under -icount shift=0
    emulator: float  # of the emulator's processor time: what others on a busy computer take is not in it


class Runner:
    """A machine that is up or coming up, and stands still between its laps."""

    def __init__(self, machine, log, loops):
        self.machine, self.log, self.loops = machine, log, loops
        self.begin = time.monotonic()
        machine.monitor("stop")

    def lines(self):
        """The BENCH lines so far: loop, turns, nanoseconds."""
        lines = re.findall(r"^BENCH (\w+) (\d+) (\d+)\n", self.log(), re.MULTILINE)
        return [(loop, int(turns), int(taken)) for loop, turns, taken in lines if loop in self.loops]

    def processor_time(self):
        threads = pathlib.Path(f"/proc/{self.machine.qemu_pid()}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads)

    def lap(self):
        """Costs of one turn of all loops, by loop."""
        seen, spent, costs = len(self.lines()), self.processor_time(), {}
        self.machine.monitor("cont")
        while len(costs) < len(self.loops):
            if time.monotonic() - self.begin > 2 * PATIENCE:
                sys.exit(f"no {', '.join(self.loops)} any more; the console:\n{self.log()[-4000:]}")
            time.sleep(POLL)
            for loop, turns, taken in self.lines()[seen:]:
                now = self.processor_time()
                costs[loop] = Cost(taken / turns, (now - spent) / turns)
                seen, spent = seen + 1, now
        self.machine.monitor("stop")
        return costs


def race(runners, number):
    """
    NUMBER laps of each of RUNNERS, of one after the other: a list of what they cost each of them. One runs while the
    others stand still, and a clock that stands still with it.
    """
    laps = [[runner.lap() for runner in runners] for _ in range(FIRST + number)]
    for runner in runners:
        runner.machine.monitor("cont")
    return laps[FIRST:]
