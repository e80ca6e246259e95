# SPDX-License-Identifier: Apache-2.0
"""Virtual adapters from the administrator's words to the partition, on a whole machine."""

import subprocess

import pytest

from libmachine import BIN, BOOT, Plan
from test_hmc_machine import Console

RECORD = "name={0},desired_mem=64,desired_procs=1,boot_image=image1,boot_mode=fdt,max_virtual_slots=20"
ETH = '"virtual_eth_adapters=2/0/1//0/0,""3/1/5/7,6/2/1/UPLINK/0a0b0c0d0e0f"""'
SERIAL = "virtual_serial_adapters=4/server/0/1//any/0"


@pytest.fixture(name="hmc")
def console(machine):
    """A machine with one partition that has an adapter, and an image that tests windows."""
    plan = Plan().guest("one", "echo", virtual_eth_adapters="9/0/1//0/0").guest("other", "tce", auto_start=0)
    return Console(machine(plan))


def test_profile_to_partition(hmc):
    """mksyscfg, chsyscfg and lssyscfg; the partition finds what the profile says; lshwres; mksysplan."""
    hmc.ok("mksyscfg", "-r", "lpar", "-i", RECORD.format("two") + f",{ETH},{SERIAL}")
    eth = '"2/0/1//0/0/ETHERNET0//all/none,""3/1/5/6,7/2/1/UPLINK/0A0B0C0D0E0F/all/none"""\n'
    assert hmc.ok("lssyscfg", "-r", "prof", "--filter", "lpar_names=two", "-F", "virtual_eth_adapters") == eth
    hmc.ok("chsyscfg", "-r", "prof", "-i", "name=default,lpar_name=two,virtual_eth_adapters-=3/1/5//0/0")
    hmc.ok("chsyscfg", "-r", "prof", "-i", "name=default,lpar_name=two,virtual_eth_adapters+=5/0/9//0/0")
    taken = "name=default,lpar_name=two,virtual_scsi_adapters+=5/server/any//any/0"
    status, _, error = hmc("chsyscfg", "-r", "prof", "-i", taken)
    assert status == 1 and "there is another adapter of virtual_scsi_adapters in slot 5" in error

    hmc.ok("chsysstate", "-r", "lpar", "-o", "on", "-n", "two", "-f", "default")
    hmc.machine.wait_test("two", BOOT)

    listed = hmc.ok(
        "lshwres", "-r", "virtualio", "--rsubtype", "eth", "--level", "lpar",
        "-F", "lpar_name,slot_num,port_vlan_id,vswitch",
    )  # fmt: skip
    assert listed == "one,9,1,ETHERNET0\ntwo,2,1,ETHERNET0\ntwo,5,9,ETHERNET0\n"
    macs = hmc.ok("lshwres", "-r", "virtualio", "--rsubtype", "eth", "--level", "lpar", "-F", "mac_addr").split()
    assert len(set(macs)) == 3
    slots = hmc.ok(
        "lshwres", "-r", "virtualio", "--rsubtype", "slot", "--level", "slot",
        "--filter", "lpar_names=two", "-F", "slot_num,config",
    )  # fmt: skip
    assert slots == "0,serial\n2,ethernet\n4,serial\n5,ethernet\n"
    serial = hmc.ok(
        "lshwres", "-r", "virtualio", "--rsubtype", "serial", "--level", "lpar",
        "--filter", "lpar_names=two", "-F", "slot_num,adapter_type,remote_lpar_id,remote_lpar_name",
    )  # fmt: skip
    assert serial == "0,server,any,\n4,server,1,one\n"
    switches = hmc.ok("lshwres", "-r", "virtualio", "--rsubtype", "vswitch", "-F", "vswitch,vlan_ids")
    assert switches == 'ETHERNET0,"1,9"\n'


def test_plan_and_back(hmc, tmp_path):
    """What mksysplan writes is a plan, and says of adapters what the profiles say."""
    hmc.ok("mksyscfg", "-r", "lpar", "-i", RECORD.format("two") + f",{ETH},{SERIAL}")
    saved = tmp_path / "saved.plan"
    hmc.ok("mksysplan", "-f", str(saved))
    subprocess.run([BIN / "openlpar-plan", "-n", saved], check=True)
    words = ',virtual_eth_adapters="2/0/1//0/0/ETHERNET0//all/none,""3/1/5/6,7/2/1/UPLINK/0A0B0C0D0E0F/all/none"""'
    assert words in saved.read_text()
    asked = "lpar_name,max_virtual_slots,virtual_eth_adapters,virtual_serial_adapters,virtual_scsi_adapters"
    before = hmc.ok("lssyscfg", "-r", "prof", "-F", asked)
    for name in ("one", "two"):
        hmc("chsysstate", "-r", "lpar", "-o", "shutdown", "--immed", "-n", name)
    hmc.wait_state("one", "Not Activated")
    hmc.ok("deploysysplan", "-f", str(saved))
    assert hmc.ok("lssyscfg", "-r", "prof", "-F", asked) == before


def test_what_cannot_be_activated(hmc):
    """A kind of adapter that the hypervisor does not have: one clear line, and nothing is left behind."""
    before = hmc.ok("lshwres", "-r", "mem", "--level", "sys")
    hmc.ok("mksyscfg", "-r", "lpar", "-i", RECORD.format("two") + ",virtual_serial_adapters=7/client/1/1//5/1")
    status, _, error = hmc("chsysstate", "-r", "lpar", "-o", "on", "-n", "two", "-f", "default")
    assert status == 1 and "virtual slot 7: the hypervisor has no adapters of this kind" in error
    assert hmc.state("two") == "Not Activated"
    assert hmc.ok("lshwres", "-r", "mem", "--level", "sys") == before
