// SPDX-License-Identifier: Apache-2.0
// Sending a boot image to the hypervisor: through the machine's memory where that can be reached,
// else in pieces, several of them at once.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "tools/hmcd/call.h"
#include "tools/hmcd/manage.h"
#include "tools/hmcd/memory.h"

#define PIECE_MAX (FRAME_PAYLOAD_MAX - sizeof(struct hmc_image_data))
#define IDLE_MAX  20 /* rounds in which nothing arrived */
#define PLACED_MS 50 /* between two questions how far the hypervisor is */

static pthread_mutex_t sending;

static void sending_init(void)
{
	pthread_mutex_init(&sending, NULL);
}

struct image_source {
	int kernel, initrd;
	u64 kernel_size, size;
};

/* Reads what is at @offset of the whole. Returns how much that was, 0: a file has changed. */
static size_t source_read(const struct image_source *source, u64 offset, u8 *data)
{
	bool kernel = offset < source->kernel_size;
	u64 end = kernel ? source->kernel_size : source->size;
	size_t n = (size_t)MIN(end - offset, (u64)PIECE_MAX);
	ssize_t got = pread(kernel ? source->kernel : source->initrd, data, n,
			    (off_t)(kernel ? offset : offset - source->kernel_size));

	return got < 0 ? 0 : (size_t)got;
}

/* An image on its way. A piece that would leave a hole is not taken, nor are those behind it. */
struct transfer {
	struct image_source source;
	u32 upload;
	u64 next, arrived;
	bool hole;
	u32 idle; /* times that it went back to where it was before */
	struct session *session;
	const char *failure;
	char text[HMC_TEXT_SIZE];
};

static size_t piece_make(void *ctx, u8 message[FRAME_PAYLOAD_MAX], u32 flying)
{
	struct transfer *transfer = ctx;
	struct hmc_image_data *piece = (void *)message;
	size_t n;

	if ((transfer->hole || transfer->next == transfer->source.size) && !flying &&
	    transfer->arrived < transfer->source.size) {
		transfer->hole = false;
		transfer->next = transfer->arrived;
		if (++transfer->idle == IDLE_MAX)
			transfer->failure =
				"the hypervisor does not take the image, or another one is being sent";
	}
	if (transfer->hole || transfer->failure || transfer->next == transfer->source.size)
		return 0;
	n = source_read(&transfer->source, transfer->next, piece->data);
	if (!n) {
		transfer->failure = "a file of the image has become shorter";
		return 0;
	}
	piece->control = (struct hmc_control){.type = HMC_IMAGE_DATA};
	piece->upload = cpu_to_be32(transfer->upload);
	piece->offset = cpu_to_be32((u32)transfer->next);
	transfer->next += n;
	return sizeof(*piece) + n;
}

static bool piece_take(void *ctx, const union call_reply *reply)
{
	struct transfer *transfer = ctx;
	u64 arrived = be32_to_cpu(reply->upload.received);

	if (be16_to_cpu(reply->reply.status) != HMC_OK) {
		memcpy(transfer->text, reply->refusal.text, sizeof(transfer->text) - 1);
		transfer->failure =
			*transfer->text ? transfer->text : "the hypervisor refuses the image";
		return false;
	}
	if (arrived > transfer->arrived) {
		transfer->arrived = arrived;
		transfer->idle = 0;
	} else {
		transfer->hole = true;
	}
	return true;
}

static void transfer_pulse(void *ctx)
{
	struct transfer *transfer = ctx;
	u64 arrived = transfer->arrived, size = transfer->source.size;

	if (transfer->session)
		session_progress(transfer->session, "image: %llu of %llu KiB, %llu%%",
				 (unsigned long long)(arrived / KiB),
				 (unsigned long long)(size / KiB),
				 (unsigned long long)(arrived * 100 / size));
}

static int source_send(const struct image_source *source, u32 upload, u64 done,
		       struct session *session, const char **text)
{
	static struct transfer transfer; /* there is one at a time */
	struct call_window window = {
		.make = piece_make,
		.take = piece_take,
		.pulse = transfer_pulse,
		.ctx = &transfer,
		.reply_size = sizeof(struct hmc_upload_reply),
	};

	transfer = (struct transfer){.source = *source,
				     .upload = upload,
				     .next = done,
				     .arrived = done,
				     .session = session};
	*text = "the hypervisor does not answer";
	if (call_window(&window) || transfer.failure) {
		if (transfer.failure)
			*text = transfer.failure;
		return -1;
	}
	return 0;
}

/* Copies @size bytes of a file into the machine's memory at @address. Returns 0, or -1. */
static int part_place(struct transfer *transfer, int memory, int file, u64 size, u64 address)
{
	static u8 data[MiB]; /* there is one at a time */

	for (u64 done = 0; done < size;) {
		ssize_t n =
			pread(file, data, (size_t)MIN(size - done, (u64)sizeof(data)), (off_t)done);

		if (n <= 0) {
			transfer->failure = "a file of the image has become shorter";
			return -1;
		}
		if (memory_write(memory, address + done, data, (size_t)n)) {
			transfer->failure = "the machine's memory cannot be written";
			return -1;
		}
		done += (u64)n;
	}
	return 0;
}

/* Waits until the hypervisor has read what was placed. */
static int placed_wait(struct transfer *transfer)
{
	const struct timespec pause = {.tv_nsec = PLACED_MS * 1000000L};
	struct hmc_image_placed message = {.control.type = HMC_IMAGE_PLACED,
					   .upload = cpu_to_be32(transfer->upload)};
	struct call_request request = {.message = &message.control,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_upload_reply),
				       .patience = CALL_PATIENCE};
	const char *text;

	while (!call_request(&request, &text)) {
		transfer->arrived = be32_to_cpu(request.reply.upload.received);
		if (transfer->arrived >= transfer->source.size)
			return 0;
		transfer_pulse(transfer);
		nanosleep(&pause, NULL);
	}
	snprintf(transfer->text, sizeof(transfer->text), "%s", text);
	transfer->failure = transfer->text;
	return -1;
}

static int source_place(int memory, const struct image_source *source, u32 upload,
			const struct hmc_image_put_reply *place, struct session *session,
			const char **text)
{
	static struct transfer transfer; /* there is one at a time */

	transfer = (struct transfer){.source = *source, .upload = upload, .session = session};
	if (!part_place(&transfer, memory, source->kernel, source->kernel_size,
			be64_to_cpu(place->kernel_at)) &&
	    !part_place(&transfer, memory, source->initrd, source->size - source->kernel_size,
			be64_to_cpu(place->initrd_at)) &&
	    !placed_wait(&transfer))
		return 0;
	*text = transfer.failure;
	return -1;
}

static int image_put(const char *name, int kernel, u64 kernel_size, int initrd, u64 initrd_size,
		     u32 crc, int memory, struct session *session, const char **text)
{
	const struct image_source source = {kernel, initrd, kernel_size, kernel_size + initrd_size};
	u32 upload = 0;
	struct hmc_image_put message = {.control.type = HMC_IMAGE_PUT,
					.kernel_size = cpu_to_be64(kernel_size),
					.initrd_size = cpu_to_be64(initrd_size),
					.crc = cpu_to_be32(crc)};
	struct call_request request = {.message = &message.control,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_image_put_reply),
				       .patience = CALL_PATIENCE};
	int result;

	while (!upload)
		if (getrandom(&upload, sizeof(upload), 0) < 0)
			abort();
	message.upload = cpu_to_be32(upload);
	strncpy(message.name, name, sizeof(message.name) - 1);
	if (call_request(&request, text)) {
		static _Thread_local char why[HMC_TEXT_SIZE];

		strncpy(why, *text, sizeof(why) - 1);
		*text = why;
		return -1;
	}
	if (memory >= 0 && request.reply.image_put.kernel_at)
		result = source_place(memory, &source, upload, &request.reply.image_put, session,
				      text);
	else
		result = source_send(&source, upload, be32_to_cpu(request.reply.upload.received),
				     session, text);
	if (session)
		session_progress(session, "%s", "");
	return result;
}

int manage_image_put(const char *name, int kernel, u64 kernel_size, int initrd, u64 initrd_size,
		     u32 crc, int memory, struct session *session, const char **text)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int result;

	/* The hypervisor takes one image at a time. */
	pthread_once(&once, sending_init);
	if (session)
		session_progress(session, "image: waiting");
	pthread_mutex_lock(&sending);
	result = image_put(name, kernel, kernel_size, initrd, initrd_size, crc, memory, session,
			   text);
	pthread_mutex_unlock(&sending);
	return result;
}
