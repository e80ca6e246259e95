# SPDX-License-Identifier: Apache-2.0
"""What the whole-machine tests share: the fixture "machine", reports with the consoles in them."""

import signal

import pytest

from libmachine import Machine


def interrupt(*_):
    """Being told to end is an interrupt, too: machines are stopped, none is left behind."""
    raise KeyboardInterrupt


def pytest_configure(config):
    signal.signal(signal.SIGTERM, interrupt)
    # Who starts this in the background may have it ignore ^C, and so would the programs that are tested.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "stress: takes minutes; runs only when chosen with -m stress")


def pytest_collection_modifyitems(config, items):
    if config.getoption("-m"):
        return
    chosen = [item for item in items if "stress" not in item.keywords]
    config.hook.pytest_deselected(items=[item for item in items if "stress" in item.keywords])
    items[:] = chosen


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure is reported with what the test's machines wrote last."""
    outcome = yield
    report = outcome.get_result()
    machines = getattr(item, "machines", [])
    if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
        item.failed = True
        for machine in machines:
            report.sections.append(("machine", machine.tails()))


@pytest.fixture(name="machine")
def make_machine(request):
    """machine(plan, smp=2, icount=True, …) starts one; all are stopped when the test is over."""
    machines = request.node.machines = []

    def start(plan, **options):
        machine = Machine(plan, **options)
        machines.append(machine)
        return machine.start()

    yield start
    errors = []
    for machine in machines:
        try:
            machine.stop()
        except AssertionError as error:
            errors.append(str(error))
        if not getattr(request.node, "failed", False):
            machine.forget()
    assert not errors, "\n".join(errors)


@pytest.fixture(name="kept", scope="module")
def make_kept():
    """The machine that the tests of a file share, if there is one yet: a list."""
    kept = []
    yield kept
    for machine in kept:
        machine.stop()
        machine.forget()


@pytest.fixture(name="keep")
def make_keep(kept, request):
    """keep(make): the machine that the tests of a file share, made and started for the first of them, and for one after a failure."""

    def keep(make):
        request.node.machines = kept
        if not kept:
            kept.append(make())
            kept[0].start()
        return kept[0]

    yield keep
    if getattr(request.node, "failed", False):
        kept.pop().stop()
