# SPDX-License-Identifier: Apache-2.0
"""All that lssyscfg and lshwres list, to the letter; "~" stands for what differs from one machine or time to another."""

import re

from libhmc import make_console, own_registry  # noqa: F401
from libmachine import BOOT

GOLDEN = """
lssyscfg -r sys
name=test,type_model=OpenLPAR,serial_num=0000000,state=Operating,detailed_state=None,sys_time=~,\
"capabilities=active_lpar_share_idle_procs_capable,micro_lpar_capable",max_lpars=254,max_power_ctrl_lpars=0

lssyscfg -r lpar
name=first,lpar_id=1,lpar_env=aixlinux,state=Running,resource_config=1,os_version=Unknown,refcode=C2008000,\
logical_serial_num=00000001,default_profile=default,curr_profile=default,work_group_id=none,\
shared_proc_pool_util_auth=1,allow_perf_collection=1,power_ctrl_lpar_ids=none,boot_mode=fdt,lpar_keylock=norm,\
auto_start=1,rmc_state=none,sync_curr_profile=0
name=second,lpar_id=2,lpar_env=aixlinux,state=Not Activated,resource_config=0,os_version=Unknown,refcode=,\
logical_serial_num=00000002,default_profile=normal,curr_profile=,work_group_id=none,\
shared_proc_pool_util_auth=1,allow_perf_collection=1,power_ctrl_lpar_ids=none,boot_mode=norm,lpar_keylock=norm,\
auto_start=0,rmc_state=none,sync_curr_profile=0
name=third,lpar_id=9,lpar_env=aixlinux,state=Running,resource_config=1,os_version=Unknown,refcode=C2008000,\
logical_serial_num=00000009,default_profile=default,curr_profile=default,work_group_id=none,\
shared_proc_pool_util_auth=1,allow_perf_collection=1,power_ctrl_lpar_ids=none,boot_mode=fdt,lpar_keylock=norm,\
auto_start=0,rmc_state=none,sync_curr_profile=0

lssyscfg -r prof
name=default,lpar_name=first,lpar_id=1,lpar_env=aixlinux,all_resources=0,min_mem=64,desired_mem=64,max_mem=64,\
mem_mode=ded,proc_mode=shared,min_proc_units=0.10,desired_proc_units=0.10,max_proc_units=0.10,min_procs=1,\
desired_procs=1,max_procs=1,sharing_mode=uncap,uncap_weight=128,io_slots=none,lpar_io_pool_ids=none,\
max_virtual_slots=10,virtual_serial_adapters=0/server/1/any//any/1,virtual_scsi_adapters=none,\
virtual_eth_adapters=none,boot_mode=fdt,conn_monitoring=0,auto_start=1,power_ctrl_lpar_ids=none,work_group_id=none,\
lpar_proc_compat_mode=default,boot_image=image0,boot_args=
name=normal,lpar_name=second,lpar_id=2,lpar_env=aixlinux,all_resources=0,min_mem=64,desired_mem=128,max_mem=256,\
mem_mode=ded,proc_mode=shared,min_proc_units=0.10,desired_proc_units=0.40,max_proc_units=2.00,min_procs=1,\
desired_procs=2,max_procs=4,sharing_mode=cap,io_slots=none,lpar_io_pool_ids=none,max_virtual_slots=20,\
virtual_serial_adapters=0/server/1/any//any/1,virtual_scsi_adapters=none,\
virtual_eth_adapters=2/0/7//0/0/ETHERNET0//all/none,boot_mode=norm,conn_monitoring=1,auto_start=0,\
power_ctrl_lpar_ids=none,work_group_id=none,lpar_proc_compat_mode=default,boot_image=image0,"boot_args=a,b"
name=default,lpar_name=third,lpar_id=9,lpar_env=aixlinux,all_resources=0,min_mem=64,desired_mem=128,max_mem=128,\
mem_mode=ded,proc_mode=ded,min_procs=1,desired_procs=1,max_procs=1,sharing_mode=share_idle_procs_active,\
io_slots=none,lpar_io_pool_ids=none,max_virtual_slots=10,virtual_serial_adapters=0/server/1/any//any/1,\
virtual_scsi_adapters=none,virtual_eth_adapters=none,boot_mode=fdt,conn_monitoring=0,auto_start=0,\
power_ctrl_lpar_ids=none,work_group_id=none,lpar_proc_compat_mode=default,boot_image=image0,boot_args=console=hvc0,\
rmo_size=64

lssyscfg -r sysprof
No results were found.

lshwres -r proc --level sys
configurable_sys_proc_units=2.00,curr_avail_sys_proc_units=0.90,pend_avail_sys_proc_units=0.90,\
installed_sys_proc_units=2.00,deconfig_sys_proc_units=0.00,min_proc_units_per_virtual_proc=0.10,\
max_virtual_procs_per_lpar=64

lshwres -r proc --level pool
configurable_pool_proc_units=1.00,curr_avail_pool_proc_units=0.90,pend_avail_pool_proc_units=0.90

lshwres -r proc --level lpar
lpar_name=first,lpar_id=1,curr_proc_mode=shared,curr_min_proc_units=0.10,curr_proc_units=0.10,\
curr_max_proc_units=0.10,curr_min_procs=1,curr_procs=1,curr_max_procs=1,curr_sharing_mode=uncap,\
curr_uncap_weight=128,run_proc_units=0.10,run_procs=1,run_uncap_weight=128
lpar_name=second,lpar_id=2,curr_proc_mode=shared,curr_min_proc_units=0.10,curr_proc_units=0.40,\
curr_max_proc_units=2.00,curr_min_procs=1,curr_procs=2,curr_max_procs=4,curr_sharing_mode=cap,run_proc_units=0.00,\
run_procs=0,run_uncap_weight=0
lpar_name=third,lpar_id=9,curr_proc_mode=ded,curr_min_procs=1,curr_procs=1,curr_max_procs=1,\
curr_sharing_mode=share_idle_procs_active,run_proc_units=1.00,run_procs=1,run_uncap_weight=0

lshwres -r mem --level sys
configurable_sys_mem=~,curr_avail_sys_mem=~,pend_avail_sys_mem=~,installed_sys_mem=2048,deconfig_sys_mem=0,\
sys_firmware_mem=~,mem_region_size=16

lshwres -r mem --level lpar
lpar_name=first,lpar_id=1,curr_min_mem=64,curr_mem=64,curr_max_mem=64,run_mem=64,rmo_size=32
lpar_name=second,lpar_id=2,curr_min_mem=64,curr_mem=128,curr_max_mem=256,run_mem=0,rmo_size=0
lpar_name=third,lpar_id=9,curr_min_mem=64,curr_mem=128,curr_max_mem=128,run_mem=128,rmo_size=64

lshwres -r virtualio --rsubtype serial --level lpar
lpar_name=first,lpar_id=1,slot_num=0,state=1,is_required=1,adapter_type=server,supports_hmc=1,remote_lpar_id=any,\
remote_lpar_name=,remote_slot_num=any
lpar_name=second,lpar_id=2,slot_num=0,state=0,is_required=1,adapter_type=server,supports_hmc=1,remote_lpar_id=any,\
remote_lpar_name=,remote_slot_num=any
lpar_name=third,lpar_id=9,slot_num=0,state=1,is_required=1,adapter_type=server,supports_hmc=1,remote_lpar_id=any,\
remote_lpar_name=,remote_slot_num=any

lshwres -r virtualio --rsubtype eth --level lpar
lpar_name=second,lpar_id=2,slot_num=2,state=0,is_required=0,is_trunk=0,ieee_virtual_eth=0,port_vlan_id=7,\
addl_vlan_ids=,vswitch=ETHERNET0,mac_addr=02D0714A0202,allowed_os_mac_addrs=all,qos_priority=none

lshwres -r virtualio --rsubtype scsi --level lpar
No results were found.

lshwres -r virtualio --rsubtype slot --level lpar
lpar_name=first,lpar_id=1,curr_max_virtual_slots=10,pend_max_virtual_slots=10
lpar_name=second,lpar_id=2,curr_max_virtual_slots=20,pend_max_virtual_slots=20
lpar_name=third,lpar_id=9,curr_max_virtual_slots=10,pend_max_virtual_slots=10

lshwres -r virtualio --rsubtype slot --level slot
slot_num=0,lpar_name=first,lpar_id=1,config=serial,is_required=1
slot_num=0,lpar_name=second,lpar_id=2,config=serial,is_required=1
slot_num=2,lpar_name=second,lpar_id=2,config=ethernet,is_required=0
slot_num=0,lpar_name=third,lpar_id=9,config=serial,is_required=1

lsimage
name=image0,kernel_size=~,initrd_size=0,loaded=1,active_lpars=2
"""


def test_all_attributes(hmc):
    hmc.ok(
        "mksyscfg", "-r", "lpar", "-i",
        "name=second,profile_name=normal,desired_mem=128,min_mem=64,max_mem=256,desired_procs=2,max_procs=4,"
        "desired_proc_units=0.4,max_proc_units=2,boot_mode=norm,sharing_mode=cap,conn_monitoring=1,"
        'max_virtual_slots=20,"boot_args=a,b","virtual_eth_adapters=2/0/7//0/0"',
    )  # fmt: skip
    hmc.ok(
        "mksyscfg", "-r", "lpar", "-i",
        "name=third,lpar_id=9,desired_mem=128,min_mem=64,desired_procs=1,proc_mode=ded,rmo_size=64,"
        "sharing_mode=share_idle_procs_active,boot_mode=fdt",
    )  # fmt: skip
    hmc.ok("chsysstate", "-r", "lpar", "-o", "on", "--id", "9")
    hmc.wait_state("third", "Running", BOOT)
    for entry in GOLDEN.strip().split("\n\n"):
        command, expected = entry.split("\n", 1)
        listed = hmc.ok(*command.split())
        pattern = "[^,]*".join(map(re.escape, expected.split("~")))
        assert re.fullmatch(pattern + "\n", listed), f"{command}\n{listed}\nis not\n{expected}"
        # The same by name, one attribute after the other, as a script asks for them.
        if "=" in expected and '"' not in expected:
            header, *rows = hmc.ok(*command.split(), "-F", "--header").splitlines()
            names = header.split(",")
            records = expected.split("\n")
            assert len(rows) == len(records)
            for pair in records[0].split(","):
                assert pair.split("=")[0] in names
