/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the frames (hmc/frame.h) between the hypervisor and the management daemon say.
 *
 * Channels. HMC_CHANNEL_CONTROL carries one message per frame. Every other channel carries one
 * stream of bytes each way, cut into frames of struct hmc_stream: the hypervisor's log (towards the
 * daemon only) and one console per partition.
 *
 * Control messages start with struct hmc_control. A request has an id that its sender chose, not 0;
 * the reply has the same id, the request's type with HMC_REPLY added, and a status. Requests may be
 * repeated with the same id until the reply comes: all of them ask for a state, so that doing one
 * twice is doing it once. Events have id 0; records before a reply have the id of the request. A
 * message longer than the receiver knows is read as far as it knows, a shorter one is answered with
 * HMC_BAD_LENGTH. Up to HMC_REQUESTS_MAX requests may wait for their replies at once; one that
 * finds no room is lost like a damaged frame, and is to be sent again. Replies come in any order.
 * What is refused carries a sentence for people (struct hmc_refusal).
 *
 * Long answers are asked for piece by piece: the request says from where on, the reply what comes
 * next. A long request, a profile, is sent as an upload before; a boot image likewise.
 *
 * Streams. A frame says where in its stream its bytes are. The receiver knows how many it has; it
 * skips what it has already and drops a frame that would leave a hole. Streams run on through
 * everything but a restart of the hypervisor (a new boot id), where all start at 0 again.
 *  - Towards the daemon the UART's own flow control is enough. The hypervisor remembers some of
 * what it has sent; a daemon that missed something asks with HMC_RESUME.
 *  - Towards the hypervisor, a console is sent no more than HMC_CREDIT allows, so that a partition
 *    that does not read never blocks the UART for others. HMC_CREDIT also says what has arrived.
 *    That something has not may mean that it is still on its way; HMC_TYPED is answered when all
 *    that was sent before it has arrived or is lost, so what is missing then is sent again.
 */
#ifndef HMC_MESSAGE_H
#define HMC_MESSAGE_H

#include "types.h"

#define HMC_CHANNEL_CONTROL 0
#define HMC_CHANNEL_LOG	    1
#define HMC_CHANNEL_CONSOLE 0x100 /* + lpar_id */

#define HMC_LPAR_ID_MAX 254 /* the least is 1 */
#define HMC_NAME_SIZE	32  /* with its terminating NUL */
#define HMC_REASON_SIZE 96  /* likewise */
#define HMC_TEXT_SIZE	192 /* likewise */

#define HMC_REQUESTS_MAX 8

/* One piece of a byte stream; on the wire as long as its data. */
struct hmc_stream {
	be32 offset; /* of data[0] in the stream, modulo 2^32 */
	u8 data[];
} __packed;

enum hmc_type {
	/* requests, daemon to hypervisor */
	HMC_HELLO = 1, /* are you there, which are you: hmc_control -> hmc_hello_reply */
	HMC_LIST,      /* hmc_control -> an HMC_PARTITION for each partition, then hmc_list_reply */
	HMC_RESUME,    /* send a stream again: hmc_resume -> hmc_resume_reply */
	HMC_TYPED,     /* what has arrived of a console's input: hmc_typed -> hmc_typed_reply */
	HMC_POWER,     /* the whole machine: hmc_power -> hmc_reply */
	HMC_STATS,     /* where processor time went: hmc_control -> records, then hmc_stats_reply */
	HMC_SYSTEM,    /* what the machine has: hmc_control -> hmc_system_reply */
	HMC_DESCRIBE,  /* one partition as it is now: hmc_lpar -> hmc_describe_reply */
	HMC_DEFINE,    /* a partition is to exist: hmc_define -> hmc_reply */
	HMC_REMOVE,    /* … is not to exist: hmc_lpar -> hmc_reply */
	HMC_UPLOAD,    /* a piece of what a later request needs: hmc_upload -> hmc_upload_reply */
	HMC_ACTIVATE,  /* start a partition: hmc_activate -> hmc_reply */
	HMC_ACTION,    /* stop, restart it: hmc_action -> hmc_reply */
	HMC_REFCODES,  /* its last reference codes: hmc_refcodes -> hmc_refcodes_reply */
	HMC_IMAGES,    /* one boot image after the other: hmc_images -> hmc_images_reply */
	HMC_IMAGE_PUT, /* begin to send a boot image: hmc_image_put -> hmc_image_put_reply */
	HMC_IMAGE_DATA,	  /* a piece of it: hmc_image_data -> hmc_upload_reply */
	HMC_IMAGE_PLACED, /* all of it is where it is to be: hmc_image_placed -> hmc_upload_reply */
	HMC_IMAGE_REMOVE, /* forget it: hmc_image_remove -> hmc_reply */
	HMC_TRACE,	  /* trace records: hmc_trace -> hmc_trace_reply */
	HMC_VTERM,	  /* who has a partition's console: hmc_vterm -> hmc_reply */
	HMC_ETH,	  /* counters of virtual Ethernet adapters: hmc_eth -> hmc_eth_reply */

	/* events, hypervisor to daemon */
	HMC_BOOT = 0x40, /* hmc_boot: before anything else, the hypervisor has started */
	HMC_PARTITION,	 /* hmc_partition: at creation, at every change, at HMC_LIST */
	HMC_CREDIT,	 /* hmc_credit */

	/* records before the reply to HMC_STATS */
	HMC_STATS_PROCESSOR = 0x60, /* hmc_stats_processor, one for each */
	HMC_STATS_PARTITION,	    /* hmc_stats_partition, one for each */

	HMC_REPLY = 0x80, /* added to the type of the request */
};

enum hmc_status {
	HMC_OK,
	HMC_UNKNOWN,	/* no such request in this version */
	HMC_BAD_LENGTH, /* too short for its type */
	HMC_BAD_VALUE,	/* a field is out of its range */
	HMC_REFUSED,	/* understood, but not possible now */
};

struct hmc_control {
	u8 type;
	be32 id;
} __packed;

struct hmc_reply {
	struct hmc_control control;
	be16 status;
} __packed;

/*
 * Replies to HMC_SYSTEM and what is behind it look like this whenever their status is not HMC_OK,
 * and end with the text's NUL. The text is a phrase that begins in lower case and has no full stop:
 * "partition 3 does not exist".
 */
struct hmc_refusal {
	struct hmc_reply reply;
	char text[HMC_TEXT_SIZE];
} __packed;

/* Answered only when the hypervisor has finished starting and takes every other request. */
struct hmc_hello_reply {
	struct hmc_reply reply;
	be16 version; /* FRAME_VERSION */
	be64 boot_id; /* differs from one start of the hypervisor to the next */
} __packed;

struct hmc_list_reply {
	struct hmc_reply reply;
	be16 partitions; /* how many there are; whoever saw fewer of them asks again */
} __packed;

struct hmc_boot {
	struct hmc_control control;
	be16 version;
	be64 boot_id;
} __packed;

struct hmc_resume {
	struct hmc_control control;
	be16 channel;
	be32 offset; /* the first byte that the daemon does not have */
} __packed;

/* The stream's next frame starts at @offset: further on than asked for if older bytes are gone. */
struct hmc_resume_reply {
	struct hmc_reply reply;
	be16 channel;
	be32 offset;
} __packed;

struct hmc_typed {
	struct hmc_control control;
	be16 lpar_id;
} __packed;

struct hmc_typed_reply {
	struct hmc_reply reply;
	be16 lpar_id;
	be32 received; /* as in hmc_credit */
	be32 limit;
} __packed;

enum hmc_power_action {
	HMC_POWER_OFF = 1,
	HMC_POWER_REBOOT,
};

struct hmc_power {
	struct hmc_control control;
	u8 action; /* enum hmc_power_action */
} __packed;

/* Life of a partition, in the HMC's words. */
enum hmc_state {
	HMC_STATE_NOT_ACTIVATED,
	HMC_STATE_STARTING,
	HMC_STATE_OPEN_FIRMWARE,
	HMC_STATE_RUNNING,
	HMC_STATE_SHUTTING_DOWN,
	HMC_STATE_ERROR,
	HMC_STATE_REMOVED, /* the partition does not exist any more */
};

/* How a partition has its processors: the HMC's sharing_mode. */
enum hmc_sharing_mode {
	HMC_SHARING_CAP,
	HMC_SHARING_UNCAP,
	HMC_SHARING_KEEP_IDLE_PROCS,
	HMC_SHARING_SHARE_IDLE_PROCS,
	HMC_SHARING_SHARE_IDLE_PROCS_ACTIVE,
	HMC_SHARING_SHARE_IDLE_PROCS_ALWAYS,
};

/* How a partition is entered. */
enum hmc_boot_mode {
	HMC_BOOT_PROFILE, /* as its profile says */
	HMC_BOOT_OF,	  /* by Open Firmware */
	HMC_BOOT_FDT,	  /* with a flat device tree */
};

/* One entry of a partition's history of reference codes. */
struct hmc_refcode {
	be64 timebase;		  /* when */
	be32 code;		  /* include/hmc/refcode.h */
	char text[HMC_NAME_SIZE]; /* what the code is about, or empty; NUL behind it */
} __packed;

/*
 * From lpar_id to reason the event always was; what follows is zero while the partition has nothing
 * of it. Numbers that the partition itself changes (H_SET_PPP) are not announced: HMC_DESCRIBE.
 */
struct hmc_partition {
	struct hmc_control control;
	be16 lpar_id;
	u8 state;		      /* enum hmc_state */
	char name[HMC_NAME_SIZE];     /* NUL-terminated, and NUL behind that */
	char reason[HMC_REASON_SIZE]; /* likewise; of HMC_STATE_ERROR, for people */
	struct hmc_refcode refcode;   /* the last one */
	be32 refcodes;		      /* how many there have been: the position of the next */
	be64 since;		      /* timebase at which it came to this state */
	be64 activated;		      /* timebase of its last activation, 0: none yet */
	be64 mem;		      /* bytes that it has now */
	be64 rmo_size;		      /* bytes of its real-mode region */
	be16 procs;		      /* virtual processors that it has now */
	be16 units; /* entitlement now, hundredths of a processor; 100 for each dedicated one */
	u8 sharing_mode;	   /* enum hmc_sharing_mode */
	u8 weight;		   /* 0 unless uncapped */
	u8 boot_mode;		   /* enum hmc_boot_mode, not HMC_BOOT_PROFILE while it is active */
	char image[HMC_NAME_SIZE]; /* what it was started from */
	be64 timebase;		   /* when it was so: what comes later may be older */
} __packed;

struct hmc_lpar {
	struct hmc_control control;
	be16 lpar_id;
} __packed;

/* A partition that does not exist is described as HMC_STATE_REMOVED. */
struct hmc_describe_reply {
	struct hmc_reply reply;
	struct hmc_partition partition; /* with the control of the event */
} __packed;

/* Both are positions in the console's input stream, modulo 2^32. */
struct hmc_credit {
	struct hmc_control control;
	be16 lpar_id;
	be32 received; /* all before this byte has arrived */
	be32 limit;    /* nothing from this byte on may be sent */
} __packed;

/*
 * What HMC_STATS says is the state at one time, which is in every record of it and in the reply;
 * ticks are those of the timebase. A physical processor: the three sum up to the time since it
 * started.
 */
struct hmc_stats_processor {
	struct hmc_control control;
	be64 timebase;
	be16 number;
	be16 owner;	 /* lpar_id of the partition that it is dedicated to; 0: shared pool */
	be64 partitions; /* ticks in which somebody was dispatched */
	be64 idle;	 /* nobody wanted it */
	be64 hypervisor; /* the hypervisor's own work */
} __packed;

/* A partition, with ticks since it was created. Of all partitions capped + uncapped is that part of
 * all processors' time in which somebody was dispatched. */
struct hmc_stats_partition {
	struct hmc_control control;
	be64 timebase;
	be16 lpar_id;
	u8 sharing_mode;  /* enum hmc_sharing_mode */
	u8 weight;	  /* present one; 0 also while not activated */
	be16 procs;	  /* virtual processors; 0: not activated */
	be16 units;	  /* present entitlement, hundredths of a processor */
	be64 entitled;	  /* ticks that it was entitled to while activated */
	be64 capped;	  /* used, within the entitlement or on dedicated processors */
	be64 uncapped;	  /* used beyond it */
	be64 idle;	  /* its dedicated processors waited for it */
	be64 donated;	  /* of its dedicated processors' time, used by others */
	be64 dispatches;  /* of virtual processors, a count */
	be64 dispersions; /* of these on another processor than the last time */
} __packed;

struct hmc_stats_reply {
	struct hmc_reply reply;
	be64 timebase;
	be16 processors; /* records of each kind; whoever saw fewer asks again */
	be16 partitions;
	be16 pool_procs; /* processors of the shared pool */
	be16 pool_units; /* entitlements of its partitions, hundredths of a processor */
	be64 timebase_hz;
} __packed;

/* Memory is in bytes. mem_hypervisor + mem_assigned + mem_free == mem_configurable. */
struct hmc_system_reply {
	struct hmc_reply reply;
	be64 timebase; /* now */
	be64 timebase_hz;
	be64 lmb_size;
	be64 mem_installed;
	be64 mem_configurable; /* in LMBs, less what the platform's firmware keeps */
	be64 mem_assigned;     /* to partitions */
	be64 mem_free;
	be64 mem_hypervisor;
	be64 heap_used;	 /* of the hypervisor's small allocations */
	be64 pages_used; /* of its large ones: page tables, virtual processors, trees, images */
	be32 pvr;	 /* of the processors */
	be16 procs;	 /* processors that run partitions */
	be16 pool_procs; /* of them in the shared pool */
	be16 pool_units; /* entitlements of its partitions, hundredths of a processor */
	be16 pool_units_free;
	be16 procs_free;       /* whole processors that a dedicated partition could have now */
	be16 min_units_per_vp; /* hundredths */
	be16 lpars_max;	       /* lpar_id is 1 to this */
	be16 lpar_procs_max;   /* virtual processors of one partition */
	be16 partitions;
} __packed;

/*
 * The partition exists afterwards, with this name. One that exists with another name is renamed, in
 * any state. Refused: a name that is not proper (plan_name_valid()) or another partition's.
 */
struct hmc_define {
	struct hmc_control control;
	be16 lpar_id;
	char name[HMC_NAME_SIZE]; /* NUL-terminated */
} __packed;

/*
 * Uploads: bytes that a later request names by their number. The sender chooses the number, not 0,
 * and takes another one for other bytes. The hypervisor keeps the HMC_UPLOADS_MAX uploads that were
 * begun last; a piece that would leave a hole is not taken, one it has already does no harm.
 */
#define HMC_UPLOADS_MAX	    8
#define HMC_UPLOAD_SIZE_MAX 65536

struct hmc_upload {
	struct hmc_control control;
	be32 upload;
	be32 size;   /* bytes in all, 1 to HMC_UPLOAD_SIZE_MAX */
	be32 offset; /* of data[0] */
	u8 data[];   /* to the end of the message */
} __packed;

struct hmc_upload_reply {
	struct hmc_reply reply;
	be32 upload;
	be32 received; /* all before this byte; all of it: the upload is complete */
} __packed;

/*
 * Starts a partition with the profile in an upload: a flat device tree whose root has the
 * properties of a partition's node of the compiled plan (hmc/plan.h) without lpar-name and lpar-id,
 * and with boot-image-name instead of boot-image. Resources are assigned before the reply: if there
 * are too few the request is refused and the partition stays as it was. What fails later ends in
 * HMC_STATE_ERROR. Only possible in HMC_STATE_NOT_ACTIVATED and, as a fresh try, HMC_STATE_ERROR.
 *
 * The token tells this wish from others, like that of struct hmc_action: what a partition has done
 * last is not done again, and is answered with HMC_OK.
 */
struct hmc_activate {
	struct hmc_control control;
	be16 lpar_id;
	be64 token; /* not 0 */
	be32 upload;
	u8 boot_mode; /* enum hmc_boot_mode */
} __packed;

enum hmc_action_type {
	HMC_ACTION_POWER_OFF = 1, /* at once; ends HMC_STATE_ERROR too */
	HMC_ACTION_RESTART,	  /* at once, in its memory, with the profile it has */
	HMC_ACTION_OS_SHUTDOWN,	  /* the operating system is told to shut down and power off */
	HMC_ACTION_OS_RESTART,	  /* the same, and the partition starts again when it has */
	HMC_ACTION_DUMP_RESTART,  /* the operating system gets a system reset: dump and restart */
};

/*
 * The reply says that it was begun. HMC_ACTION_POWER_OFF of a partition that is not activated is
 * HMC_OK, everything else is refused then.
 */
struct hmc_action {
	struct hmc_control control;
	be16 lpar_id;
	be64 token; /* not 0 */
	u8 action;  /* enum hmc_action_type */
} __packed;

/* A partition's reference codes have positions, 0 for the first ever; the last ones are kept. */
#define HMC_REFCODES_PER_REPLY 8

struct hmc_refcodes {
	struct hmc_control control;
	be16 lpar_id;
	be32 position; /* of the first that is wanted */
} __packed;

struct hmc_refcodes_reply {
	struct hmc_reply reply;
	be16 lpar_id;
	be32 position; /* of code[0]: further on than asked for if older ones are gone */
	be32 next;     /* position of the one that is to come */
	be16 count;    /* of code[] */
	struct hmc_refcode code[];
} __packed;

/* The boot images in some order that stays while none comes or goes. */
struct hmc_images {
	struct hmc_control control;
	be16 index;
} __packed;

struct hmc_images_reply {
	struct hmc_reply reply;
	be16 images; /* how many there are; with an index of that or more nothing follows */
	char name[HMC_NAME_SIZE];
	be64 kernel_size; /* bytes */
	be64 initrd_size; /* 0: none */
	be32 crc;	  /* as in hmc_image_put; 0 if it came with the plan */
	be16 users;	  /* partitions started from it that are active */
	u8 planned;	  /* it came with the system plan */
} __packed;

/*
 * A boot image comes as one run of bytes, kernel first, as an upload with a number chosen for it;
 * one at a time: the first HMC_IMAGE_PUT of another number ends an unfinished one. With its last
 * byte the image exists, if its CRC is right, and takes the place of one with the same name, which
 * partitions that were started from it keep until they end. HMC_IMAGE_PUT with the number of the
 * last image, which is complete, is answered as complete.
 *
 * Who can write into the machine's memory need not send the bytes: once HMC_IMAGE_PUT has said
 * where they are to lie he puts them there, says so with HMC_IMAGE_PLACED, and writes nothing from
 * then on. The hypervisor then reads and checks them; HMC_IMAGE_PLACED, asked again, says how far
 * it is.
 */
struct hmc_image_put {
	struct hmc_control control;
	be32 upload;
	char name[HMC_NAME_SIZE]; /* NUL-terminated, proper */
	be64 kernel_size;	  /* bytes, at least 1 */
	be64 initrd_size;	  /* 0: none; together less than 4 GiB */
	be32 crc;		  /* of all of it, as in hmc/frame.h */
} __packed;

/* Both addresses are 0 when the image is complete already, initrd_at also without initrd. */
struct hmc_image_put_reply {
	struct hmc_upload_reply upload;
	be64 kernel_at; /* real address at which the kernel is to lie */
	be64 initrd_at;
} __packed;

struct hmc_image_placed {
	struct hmc_control control;
	be32 upload;
} __packed;

struct hmc_image_data {
	struct hmc_control control;
	be32 upload;
	be32 offset;
	u8 data[]; /* to the end of the message */
} __packed;

/* Refused while a partition that was started from it is active, and for images of the plan. */
struct hmc_image_remove {
	struct hmc_control control;
	char name[HMC_NAME_SIZE];
} __packed;

/* Trace records of one processor, from a position on; 0 is the first ever. */
#define HMC_TRACE_PER_REPLY 12

struct hmc_trace {
	struct hmc_control control;
	be16 processor; /* 0 to processors - 1 */
	be64 position;
} __packed;

struct hmc_trace_record {
	be64 timebase;
	be32 type;    /* enum trace_type, hmc/trace.h */
	be16 lpar_id; /* 0: the hypervisor */
	be16 vp;
	be64 a, b;
} __packed;

struct hmc_trace_reply {
	struct hmc_reply reply;
	be16 processors; /* how many have records */
	be64 position;	 /* of record[0]: further on than asked for if older ones are gone */
	be64 next;	 /* position of the one that is to come */
	be16 count;	 /* of record[] */
	struct hmc_trace_record record[];
} __packed;

/*
 * A console is people's or, through its server vterm, another partition's, one at a time. A daemon
 * has what is typed sent only while it is people's, and says so.
 */
enum hmc_vterm_action {
	HMC_VTERM_OPEN = 1, /* it is people's; refused while a partition has it */
	HMC_VTERM_CLOSE,    /* it is not people's; lpar_id 0: no console is */
	HMC_VTERM_TAKE,	    /* no partition has it */
};

struct hmc_vterm {
	struct hmc_control control;
	be16 lpar_id;
	u8 action; /* enum hmc_vterm_action */
} __packed;

/* The partition's first virtual Ethernet adapter in slot @slot or behind it. */
struct hmc_eth {
	struct hmc_control control;
	be16 lpar_id;
	be16 slot;
} __packed;

/* Counters are since activation, and of the switch port: in is what the partition received. */
struct hmc_eth_reply {
	struct hmc_reply reply;
	be16 slot;	 /* HMC_ETH_NONE: there is no such adapter, and nothing else is said */
	u8 mac[6];	 /* its address now, all 0 while its driver has not opened it */
	u8 active_trunk; /* 1: what no adapter has goes to it, on some VLAN */
	be64 out_frames, out_bytes;
	be64 in_frames, in_bytes;
	be64 in_groups; /* of them to a group or to all */
	be64 in_large;	/* of them several segments in one */
	/* dropped on the way to it: no receive buffer large enough; its memory was not mapped */
	be64 no_buffer, unmapped;
	/* of what it sent: to nobody's address; from a standby trunk or another one's address */
	be64 unknown, refused;
	be64 invalid; /* calls to send that were wrong */
} __packed;

#define HMC_ETH_NONE 0xffff

#endif
