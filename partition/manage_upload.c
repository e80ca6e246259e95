// SPDX-License-Identifier: Apache-2.0
/* What is too long for one request comes before it, in pieces. */
#include "partition/manage.h"

#include <string.h>

static struct upload {
	u32 number; /* 0: none */
	u32 size, received;
	u8 bytes[HMC_UPLOAD_SIZE_MAX] __aligned(8);
} uploads[HMC_UPLOADS_MAX];

static u32 next; /* the one that was begun first, and gives way to the next */

static struct upload *find(u32 number)
{
	for (u32 i = 0; i < HMC_UPLOADS_MAX; i++)
		if (number && uploads[i].number == number)
			return &uploads[i];
	return NULL;
}

static struct upload *begin(u32 number, u32 size)
{
	struct upload *upload = &uploads[next];

	next = (next + 1) % HMC_UPLOADS_MAX;
	upload->number = number;
	upload->size = size;
	upload->received = 0;
	return upload;
}

static void receive(struct upload *upload, u32 offset, const u8 *bytes, u32 n)
{
	u32 skip = upload->received - offset;

	if (offset > upload->received || skip >= n)
		return;
	memcpy(upload->bytes + upload->received, bytes + skip, n - skip);
	upload->received += n - skip;
}

void manage_upload(struct manage_call *call)
{
	const struct hmc_upload *request = (const void *)call->request;
	u32 number = be32_to_cpu(request->upload);
	u32 size = be32_to_cpu(request->size), offset = be32_to_cpu(request->offset);
	u32 n = call->length - (u32)sizeof(*request);
	struct upload *upload = find(number);
	struct hmc_upload_reply *reply;

	if (!number || !size || size > HMC_UPLOAD_SIZE_MAX || (upload && upload->size != size)) {
		manage_refuse(call, HMC_BAD_VALUE,
			      "the upload's number is 0, its size is not 1 to "
			      "%u bytes, or not what it was",
			      HMC_UPLOAD_SIZE_MAX);
		return;
	}
	if (offset > size || n > size - offset) {
		manage_refuse(call, HMC_BAD_VALUE, "the piece is not inside the upload");
		return;
	}
	if (!upload)
		upload = begin(number, size);
	receive(upload, offset, request->data, n);
	reply = manage_answer(call, sizeof(*reply));
	reply->upload = request->upload;
	reply->received = cpu_to_be32(upload->received);
}

const void *manage_upload_find(u32 number, u32 *size)
{
	const struct upload *upload = find(number);

	if (!upload || upload->received != upload->size)
		return NULL;
	*size = upload->size;
	return upload->bytes;
}
