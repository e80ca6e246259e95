// SPDX-License-Identifier: Apache-2.0
// Sending a boot image to the hypervisor, in pieces and several of them at once.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "tools/hmcd/call.h"
#include "tools/hmcd/manage.h"

#define PIECE_MAX (FRAME_PAYLOAD_MAX - sizeof(struct hmc_image_data))
#define IDLE_MAX  20 /* rounds in which nothing arrived */
/* Longer than this must no round take: what is not answered is sent again, for nothing. */
#define SLOW_MS 250

static u64 now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000 + (u64)now.tv_nsec / 1000000;
}

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

/* The refusal, if one of @count requests was refused. */
static const char *requests_refusal(struct call_request *requests, u32 count)
{
	static _Thread_local char text[HMC_TEXT_SIZE];

	for (u32 i = 0; i < count; i++) {
		if (be16_to_cpu(requests[i].reply.reply.status) == HMC_OK)
			continue;
		memcpy(text, requests[i].reply.refusal.text, sizeof(text) - 1);
		return *text ? text : "the hypervisor refuses the image";
	}
	return NULL;
}

/* Sends the next pieces, @most of them, from *@done on, and says there how far it has come. */
static int pieces_send(const struct image_source *source, u32 upload, u32 most, u64 *done,
		       const char **text)
{
	static _Thread_local u8 pieces[CALL_REQUESTS_MAX][FRAME_PAYLOAD_MAX];
	struct call_request requests[CALL_REQUESTS_MAX];
	u64 offset = *done;
	u32 count = 0;

	for (; count < most && offset < source->size; count++) {
		struct hmc_image_data *piece = (void *)pieces[count];
		size_t n = source_read(source, offset, piece->data);

		if (!n) {
			*text = "a file of the image has become shorter";
			return -1;
		}
		piece->control = (struct hmc_control){.type = HMC_IMAGE_DATA};
		piece->upload = cpu_to_be32(upload);
		piece->offset = cpu_to_be32((u32)offset);
		requests[count] = (struct call_request){
			.message = &piece->control,
			.length = sizeof(*piece) + n,
			.reply_size = sizeof(struct hmc_upload_reply),
			.patience = CALL_PATIENCE,
		};
		offset += n;
	}
	if (call_requests(requests, count)) {
		*text = "the hypervisor does not answer";
		return -1;
	}
	*text = requests_refusal(requests, count);
	for (u32 i = 0; i < count && !*text; i++)
		*done = MAX(*done, (u64)be32_to_cpu(requests[i].reply.upload.received));
	return *text ? -1 : 0;
}

static int source_send(const struct image_source *source, u32 upload, u64 done,
		       struct session *session, const char **text)
{
	u64 percent = 101;
	u32 most = 1;

	for (u32 idle = 0; done < source->size;) {
		u64 before = done, began = now_ms();

		if (session && done * 100 / source->size != percent) {
			percent = done * 100 / source->size;
			session_progress(session, "image: %llu of %llu MiB, %llu%%",
					 (unsigned long long)(done / MiB),
					 (unsigned long long)(source->size / MiB),
					 (unsigned long long)percent);
		}
		if (pieces_send(source, upload, most, &done, text))
			return -1;
		most = now_ms() - began > SLOW_MS ? MAX(most / 2, 1U)
						  : MIN(most + 1, (u32)CALL_REQUESTS_MAX);
		idle = done > before ? 0 : idle + 1;
		if (idle == IDLE_MAX) {
			*text = "the hypervisor does not take the image, or another one is being sent";
			return -1;
		}
	}
	return 0;
}

static int image_put(const char *name, int kernel, u64 kernel_size, int initrd, u64 initrd_size,
		     u32 crc, struct session *session, const char **text)
{
	const struct image_source source = {kernel, initrd, kernel_size, kernel_size + initrd_size};
	u32 upload = 0;
	struct hmc_image_put message = {.control.type = HMC_IMAGE_PUT,
					.kernel_size = cpu_to_be64(kernel_size),
					.initrd_size = cpu_to_be64(initrd_size),
					.crc = cpu_to_be32(crc)};
	struct call_request request = {.message = &message.control,
				       .length = sizeof(message),
				       .reply_size = sizeof(struct hmc_upload_reply),
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
	result = source_send(&source, upload, be32_to_cpu(request.reply.upload.received), session,
			     text);
	if (session)
		session_progress(session, "%s", "");
	return result;
}

int manage_image_put(const char *name, int kernel, u64 kernel_size, int initrd, u64 initrd_size,
		     u32 crc, struct session *session, const char **text)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int result;

	/* The hypervisor takes one image at a time. */
	pthread_once(&once, sending_init);
	if (session)
		session_progress(session, "image: waiting");
	pthread_mutex_lock(&sending);
	result = image_put(name, kernel, kernel_size, initrd, initrd_size, crc, session, text);
	pthread_mutex_unlock(&sending);
	return result;
}
