/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of the platform and the logs that tell of them. LoPAR "RTAS Error and Event Classes",
 * "RTAS Event Return Format Fixed Part", "Platform Event Log Format, Version 6".
 */
#ifndef PAPR_EVENT_H
#define PAPR_EVENT_H

#include "types.h"

/* Classes, as check-exception and event-scan are asked for them; bit 0 is the most significant. */
#define EVENT_CLASS_EPOW 0x40000000u

/* LoPAR "RTAS Event Return Format Fixed Part". */
#define EVENT_VERSION	     (6u << 24)
#define EVENT_SEVERITY_EVENT (1u << 21)
#define EVENT_EXTENDED	     (1u << 18) /* the extended part follows */
#define EVENT_TYPE_EPOW	     64u

struct event_fixed {
	be32 word;
	be32 extended_length;
};

/* LoPAR "RTAS General Extended Event Log Format, Version 6". */
#define EVENT_LOG_VALID	     0x80 /* flags: a log follows */
#define EVENT_LOG_NEW	     0x04 /* flags */
#define EVENT_LOG_BIG_ENDIAN 0x02 /* flags */
#define EVENT_LOG_POWERPC    0x80 /* format */
#define EVENT_LOG_PLATFORM   14	  /* format: a platform event log */
#define EVENT_LOG_COMPANY    "IBM"

struct event_extended {
	u8 flags;
	u8 reserved1;
	u8 format;
	u8 reserved2[9];
	char company[4];
};

struct event_section {
	char id[2];
	be16 length; /* of the section, with this */
	u8 version;
	u8 subtype;
	be16 component;
};

/* LoPAR "Platform Event Log Format, Main-A Section". */
#define EVENT_CREATOR 'H' /* the hypervisor */

struct event_main_a {
	struct event_section header;
	be32 date, time; /* BCD */
	u8 platform1[8];
	char creator;
	u8 reserved1[2];
	u8 sections; /* how many there are */
	u8 reserved2[4];
	u8 platform2[8];
	be32 log_id;
	u8 platform3[4];
};

/* LoPAR "Platform Event Log Format, Main-B Section". */
#define EVENT_SUBSYSTEM_SOFTWARE 0x90
#define EVENT_NORMAL_SHUTDOWN	 0xd0
#define EVENT_ACTION_REPORT	 0x2000

struct event_main_b {
	struct event_section header;
	u8 subsystem;
	u8 platform1;
	u8 severity; /* 0: not an error */
	u8 event;
	u8 platform2[4];
	u8 reserved1[2];
	be16 action;
	u8 reserved2[4];
};

/* LoPAR "Platform Event Log Format, EPOW Section", "Environmental and Power Warnings". */
#define EPOW_RESET		0
#define EPOW_SYSTEM_SHUTDOWN	3
#define EPOW_VERSION		2
#define EPOW_SHUTDOWN_NORMAL	1
#define EPOW_SHUTDOWN_PARTITION 1

struct epow_section {
	struct event_section header;
	u8 sensor;	      /* with the action code */
	u8 modifier;	      /* what kind of shutdown */
	u8 extended_modifier; /* whose, from version 2 on */
	u8 reserved;
	u8 reason[8]; /* the platform's own */
};

struct epow_log {
	struct event_fixed fixed;
	struct event_extended extended;
	struct event_main_a main_a;
	struct event_main_b main_b;
	struct epow_section epow;
};

/* LoPAR "get-sensor-state". */
#define SENSOR_EPOW 9

#endif
