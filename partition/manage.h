/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the management console asks of partitions (hmc/message.h). The channel hands requests over
 * while its lock is held; they are answered one after the other as work, where partitions come and
 * go, start and end. Nothing of a request is trusted.
 */
#ifndef PARTITION_MANAGE_H
#define PARTITION_MANAGE_H

#include "hmc/message.h"
#include "hv/link.h"
#include "types.h"

/* From now on requests are taken. To be called once. */
void manage_init(void);

/* A request and what becomes the answer to it. */
struct manage_call {
	const struct hmc_control *request;
	u32 length; /* of the request, not less than its type has */
	u32 reply_length;
	union {
		struct hmc_reply head;
		u8 bytes[LINK_REPLY_MAX];
	} reply; /* all zero, and what is done is HMC_OK, until the handler says otherwise */
};

/* Refuses: @status, and a phrase for people. */
void manage_refuse(struct manage_call *call, enum hmc_status status, const char *format, ...)
	__printf(3, 4);

/* The reply has @length bytes, at most LINK_REPLY_MAX. Returns where it is. */
void *manage_answer(struct manage_call *call, u32 length);

/* The partition with this ID; NULL, and the request is refused, when there is none. */
struct partition *manage_partition(struct manage_call *call, be16 lpar_id);

/* Is @name, of HMC_NAME_SIZE bytes, a proper name? Else the request is refused. */
bool manage_name(struct manage_call *call, const char *name, const char *whose);

/* A complete upload: its bytes, aligned to 8, and their number; NULL when there is none. */
const void *manage_upload_find(u32 upload, u32 *size);

/* Handlers, one for each type of request. */
typedef void manage_handler(struct manage_call *call);

manage_handler manage_system, manage_trace;
manage_handler manage_describe, manage_define, manage_remove, manage_activate, manage_action,
	manage_refcodes, manage_vterm;
manage_handler manage_upload;
manage_handler manage_images, manage_image_put, manage_image_data, manage_image_placed,
	manage_image_remove;

/*
 * What other rooms answer themselves: MANAGE_REQUEST(type, length, handler), one line beside the
 * handler, with the least @length of a request. Weak: test programs may be without.
 */
struct manage_request {
	u8 type;
	u16 length;
	manage_handler *run;
};

#define MANAGE_REQUEST(type, length, fn)                                                   \
	static const struct manage_request fn##_request = {type, length, fn};              \
	static const struct manage_request *const fn##_line __section("manage_requests") = \
		&fn##_request

extern const struct manage_request *const __start_manage_requests[] __attribute__((weak)),
	*const __stop_manage_requests[] __attribute__((weak));

#endif
