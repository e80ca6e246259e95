# SPDX-License-Identifier: Apache-2.0
"""The system-plan compiler as people meet it: its command line, its messages, its output file."""

import os
import pathlib
import struct
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
COMPILER = TOP / "build" / "bin" / "openlpar-plan"

GOOD = """\
sys name=s1,mem_region_size=32
image name=debian,kernel=images/vmlinux,initrd=images/initrd
lpar name=lp1,desired_mem=256,desired_procs=1,boot_image=debian,boot_args="console=hvc0"
"""


def compiler(*arguments, folder=None):
    return subprocess.run([COMPILER, *arguments], cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.fixture(name="folder")
def make_folder(tmp_path):
    """A folder with a good plan and its images."""
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "vmlinux").write_bytes(b"KERNEL-CONTENT" * 1000)
    (tmp_path / "images" / "initrd").write_bytes(b"INITRD-CONTENT")
    (tmp_path / "good.plan").write_text(GOOD)
    return tmp_path


def refused(folder, text, *messages):
    """The plan TEXT is refused with just these lines; an older output stays; no new file appears."""
    plan = folder / "bad.plan"
    out = folder / "out.dtb"
    plan.write_bytes(text if isinstance(text, bytes) else text.encode())
    out.write_text("older")
    before = sorted(os.listdir(folder))
    result = compiler("-o", out, plan)
    assert result.stderr.splitlines() == [f"{plan}{message}" for message in messages]
    assert result.returncode == 1
    assert result.stdout == ""
    assert out.read_text() == "older"
    assert sorted(os.listdir(folder)) == before
    out.unlink()
    assert compiler("-o", out, plan).returncode == 1
    assert not out.exists()
    check = compiler("-n", plan)
    assert (check.returncode, check.stderr) == (1, result.stderr)


def test_good(folder):
    result = compiler("-o", "out.dtb", "good.plan", folder=folder)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    blob = (folder / "out.dtb").read_bytes()
    magic, size = struct.unpack_from(">II", blob)
    assert (magic, size) == (0xD00DFEED, len(blob))
    for part in (b"lp1\0", b"debian\0", b"s1\0", b"console=hvc0\0", b"of\0"):
        assert part in blob
    assert blob.count(b"KERNEL-CONTENT") == 1000
    assert blob.find(b"lp1\0") < blob.find(b"KERNEL-CONTENT")
    assert sorted(os.listdir(folder)) == ["good.plan", "images", "out.dtb"]


def test_output_is_repeatable(folder):
    for name in ("one", "two"):
        assert compiler("-o", folder / name, folder / "good.plan").returncode == 0
    assert (folder / "one").read_bytes() == (folder / "two").read_bytes()


def test_paths_count_from_the_plan(folder):
    (folder / "elsewhere").mkdir()
    result = compiler("-o", "out.dtb", "../good.plan", folder=folder / "elsewhere")
    assert (result.returncode, result.stderr) == (0, "")
    assert (folder / "elsewhere" / "out.dtb").exists()


def test_absolute_path(folder):
    (folder / "images").rename(folder / "moved")
    (folder / "good.plan").write_text(GOOD.replace("images/", f"{folder}/moved/"))
    assert compiler("-n", folder / "good.plan").returncode == 0


def test_windows_line_ends(folder):
    for name, text in (("unix", GOOD), ("dos", GOOD.replace("\n", "\r\n"))):
        (folder / "t.plan").write_bytes(text.encode())
        assert compiler("-o", folder / name, folder / "t.plan").returncode == 0
    assert (folder / "unix").read_bytes() == (folder / "dos").read_bytes()


def test_file_stored_once(folder):
    (folder / "good.plan").write_text(GOOD + "image name=second,kernel=./images/../images/vmlinux\n")
    assert compiler("-o", folder / "out.dtb", folder / "good.plan").returncode == 0
    assert (folder / "out.dtb").read_bytes().count(b"KERNEL-CONTENT") == 1000


def test_check_writes_nothing(folder):
    before = sorted(os.listdir(folder))
    result = compiler("-n", "good.plan", folder=folder)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert sorted(os.listdir(folder)) == before


def test_virtual_adapters(folder):
    """Lists in the HMC's syntax; every adapter that is wrong has a line of its own."""
    image = "image name=debian,kernel=images/vmlinux\n"
    lpar = "lpar name=lp1,lpar_id=1,desired_mem=64,desired_procs=1,boot_image=debian,"
    refused(
        folder,
        image + lpar + 'max_virtual_slots=6,virtual_eth_adapters="2/0/4095//0/0,6/0/1//0/0,""3/1/7/8,7/0/0"",4/0/1//0/0",'
        "virtual_scsi_adapters=4/client/2//3/1,virtual_serial_adapters=5/server/0/1//any/0\n",
        ':2: virtual_serial_adapters: "5/server/0/1//any/0": the other end is this partition (another one, or any)',
        ':2: virtual_eth_adapters: "2/0/4095//0/0": port-vlan-id "4095" is not allowed (1 to 4094)',
        ':2: virtual_eth_adapters: "6/0/1//0/0": slot "6" is not allowed (2 to 5 with max_virtual_slots=6)',
        ':2: virtual_eth_adapters: "3/1/7/8,7/0/0": VLAN 7 is given more than once (each once, the port-vlan-id included)',
        ':2: virtual_eth_adapters: "4/0/1//0/0": there is another adapter of virtual_scsi_adapters in slot 4 '
        "(each in a slot of its own)",
    )
    good = folder / "good.plan"
    good.write_text(image + lpar + 'virtual_eth_adapters="2/0/1//0/0,""3/1/5/6,7/1/1/UPLINK"""\n')
    assert compiler("-o", folder / "good.dtb", good).returncode == 0
    text = subprocess.run(["dtc", "-q", "-O", "dts", folder / "good.dtb"], capture_output=True, text=True, check=True)
    assert "slot@3" in text.stdout and 'vswitch = "UPLINK"' in text.stdout


def test_every_problem_is_told(folder):
    refused(
        folder,
        "image name=debian,kernel=images/vmlinux\n"
        "lpar name=lp1,lpar_id=0,desired_mem=32,desired_procs=65,boot_image=debain,boot_mode=uefi\n"
        "lpar name=lp2,desired_procs=1,boot_image=debian,memory=512\n"
        "partition name=lp3\n"
        "lpar name=lp4,desired_mem=64,desired_procs=1,boot_image=debian,boot_args=a,b\n",
        ':2: lpar_id: "0" is not allowed (1 to 254)',
        ':2: desired_mem: "32" is not allowed (64 to 1048576 MiB, a multiple of the sys record\'s mem_region_size)',
        ':2: desired_procs: "65" is not allowed (1 to 64)',
        ':2: boot_mode: "uefi" is not allowed (of or fdt)',
        ':2: boot_image: no image has the name "debain" (name of an image record)',
        ":3: memory: unknown attribute of the record type lpar (name, lpar_id, profile_name, default_profile, "
        "min_mem, desired_mem, max_mem, proc_mode, sharing_mode, min_procs, desired_procs, max_procs, min_proc_units, desired_proc_units, max_proc_units, "
        "uncap_weight, rmo_size, boot_image, boot_mode, boot_args, max_virtual_slots, virtual_serial_adapters, "
        "virtual_scsi_adapters, virtual_eth_adapters, auto_start)",
        ":3: desired_mem: missing (64 to 1048576 MiB, a multiple of the sys record's mem_region_size)",
        ":4: partition: unknown record type (sys, image, lpar or prof)",
        ":5: b: no = after the attribute (attribute=value; a value with commas is written in double quotes)",
    )


def test_rules_between_records(folder):
    refused(
        folder,
        GOOD
        + "lpar name=lp1,lpar_id=7,desired_mem=272,desired_procs=1,boot_image=debian\n"
        + "lpar name=lp2,lpar_id=7,desired_mem=64,desired_procs=1,boot_image=debian,rmo_size=128\n",
        ':4: name: "lp1" is already the name of the partition in line 3 (every partition has a name of its own)',
        ":4: desired_mem: 272 is not a multiple of mem_region_size=32 (64 to 1048576 MiB in steps of 32)",
        ":5: lpar_id: 7 is already the ID of the partition in line 4 (1 to 254, every partition its own)",
        ":5: rmo_size: 128 is more than desired_mem=64 (32, 64, 128 or 256 MiB, at most desired_mem)",
    )


def test_processors(folder):
    """A mistake of each kind in the attributes of processors, and the same records without it."""
    record = "lpar name=p{},desired_mem=64,boot_image=debian,{}\n"
    good = (
        "desired_procs=10,desired_proc_units=0.5,min_proc_units=0.05",
        "proc_mode=shared,sharing_mode=cap,min_procs=1,desired_procs=2,max_procs=4,min_proc_units=0.3,"
        "desired_proc_units=1.25,max_proc_units=4.0",
        "sharing_mode=uncap,desired_procs=1,uncap_weight=255",
        "proc_mode=ded,sharing_mode=share_idle_procs_always,min_procs=1,desired_procs=2,max_procs=2",
    )
    bad = (
        "desired_procs=10,desired_proc_units=0.49",
        "desired_procs=2,desired_proc_units=0.3.0",
        "min_procs=3,desired_procs=2",
        "desired_procs=2,sharing_mode=cap,uncap_weight=1",
        "desired_procs=2,proc_mode=ded,desired_proc_units=1",
        "desired_procs=2,proc_mode=ded,sharing_mode=uncap",
    )
    text = GOOD.replace("sys ", "sys min_proc_units_per_virtual_proc=0.05,")
    (folder / "good.plan").write_text(text + "".join(record.format(*pair) for pair in enumerate(good)))
    result = compiler("-n", "good.plan", folder=folder)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    refused(
        folder,
        text + "".join(record.format(*pair) for pair in enumerate(bad)),
        ":4: desired_proc_units: 0.49 is not allowed with desired_procs=10 (0.50 to 10.00)",
        ':5: desired_proc_units: "0.3.0" is not allowed (0.01 to 64.00 in steps of 0.01)',
        ":6: min_procs: 3 is more than desired_procs=2 (1 to 2)",
        ":7: uncap_weight: not allowed with sharing_mode=cap (only with sharing_mode=uncap)",
        ":8: desired_proc_units: not allowed with proc_mode=ded (only with proc_mode=shared)",
        ":9: sharing_mode: uncap is not allowed with proc_mode=ded (keep_idle_procs, share_idle_procs, "
        "share_idle_procs_active or share_idle_procs_always)",
    )


def test_name_that_leaves_the_console_folder(folder):
    refused(
        folder,
        GOOD.replace("lp1", "../../lp1"),
        ':3: name: "../../lp1" is not allowed (1 to 31 printable characters, none of ()<>*$&?|[]\'"`/, '
        "no blank at either end)",
    )


@pytest.mark.parametrize(
    "make, reason",
    [
        (None, "No such file or directory"),
        (lambda path: path.write_bytes(b""), "the file is empty"),
        (lambda path: path.mkdir(), "not a regular file"),
        (os.mkfifo, "not a regular file"),
    ],
    ids=["missing", "empty", "folder", "pipe"],
)
def test_image_files(folder, make, reason):
    initrd = folder / "images" / "initrd"
    initrd.unlink()
    if make is not None:
        make(initrd)
    refused(
        folder, GOOD, f':2: initrd: "{initrd}": {reason} (path of a file that can be read and is not empty)'
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_unreadable_image(folder):
    kernel = folder / "images" / "vmlinux"
    kernel.chmod(0)
    refused(
        folder,
        GOOD,
        f':2: kernel: "{kernel}": Permission denied (path of a file that can be read and is not empty)',
    )


def test_too_big(folder):
    kernel = folder / "images" / "vmlinux"
    with kernel.open("r+b") as file:
        file.truncate(100 << 20)
    with (folder / "images" / "initrd").open("r+b") as file:
        file.truncate(50 << 20)
    refused(
        folder,
        GOOD,
        f":2: kernel: the compiled plan would have 150.0 MiB ({150 << 20} bytes): {kernel} 100.0 MiB, "
        f"{folder}/images/initrd 50.0 MiB (at most 128 MiB together)",
    )


def test_not_text(folder):
    refused(folder, b"\x7fELF\x02\x02\x01", ":1: record: control character 0x7f in column 1 (printable text)")
    refused(folder, b"# x\n\0\0", ":2: record: NUL character (a plan is a text file)")


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()], ids=["missing", "folder"])
def test_plan_that_cannot_be_read(folder, make):
    make(folder / "no.plan")
    result = compiler("-o", "out.dtb", "no.plan", folder=folder)
    assert result.returncode == 1
    assert result.stderr.startswith("no.plan: cannot be read: ")
    assert not (folder / "out.dtb").exists()


def test_endless_plan(folder):
    result = compiler("-n", "/dev/zero", folder=folder)
    assert result.returncode == 1
    assert result.stderr == "/dev/zero: too long for a plan (at most 1 MiB of text)\n"


@pytest.mark.parametrize("out", ["good.plan", "images/../good.plan", "images/vmlinux", "images/initrd"])
def test_output_never_overwrites_an_input(folder, out):
    before = (folder / out).read_bytes()
    result = compiler("-o", out, "good.plan", folder=folder)
    assert result.returncode == 1
    assert result.stderr == f"{out}: cannot be written: the plan itself or one of its files\n"
    assert (folder / out).read_bytes() == before


@pytest.mark.parametrize(
    "out, reason",
    [("no/out.dtb", "No such file or directory"), ("images", "not a regular file"), ("/dev/full", "not a regular file")],
)
def test_output_that_cannot_be_written(folder, out, reason):
    result = compiler("-o", out, "good.plan", folder=folder)
    assert (result.returncode, result.stderr) == (1, f"{out}: cannot be written: {reason}\n")


def test_disk_full(folder):
    """A file-size limit stands for the full disk: neither an output nor a temporary file is left."""
    before = sorted(os.listdir(folder))
    # With SIGXFSZ ignored the write fails instead of killing the program.
    script = 'trap "" XFSZ; ulimit -f 4; exec "$0" -o out.dtb good.plan'
    result = subprocess.run(
        ["sh", "-c", script, COMPILER], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 1
    assert result.stderr == "out.dtb: cannot be written: File too large\n"
    assert sorted(os.listdir(folder)) == before


@pytest.mark.parametrize(
    "arguments",
    [[], ["good.plan"], ["-n"], ["-o", "x"], ["-n", "-o", "x", "good.plan"], ["-n", "good.plan", "b"], ["-z"], ["-o"]],
    ids=" ".join,
)
def test_wrong_command(folder, arguments):
    result = compiler(*arguments, folder=folder)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.endswith("Try 'openlpar-plan --help'.\n")
    assert not (folder / "x").exists()


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(option):
    result = compiler(option)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("Usage: openlpar-plan -o OUT PLAN\n")
    for word in ("sys", "image", "lpar", "desired_mem", "boot_args", "rmo_size", "mem_region_size"):
        assert word in result.stdout


def test_demo_plan():
    """The plan in the tree is good, apart from images that may not have been built yet."""
    result = compiler("-n", TOP / "plans" / "demo.plan")
    wrong = [line for line in result.stderr.splitlines() if "No such file or directory" not in line]
    assert wrong == []
    assert result.returncode == (1 if result.stderr else 0)
