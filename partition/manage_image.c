// SPDX-License-Identifier: Apache-2.0
/* Boot images: which there are, one more, one less. */
#include "hv/real.h"
#include "partition/image_store.h"
#include "partition/manage.h"

#include <stdio.h>

void manage_images(struct manage_call *call)
{
	const struct hmc_images *request = (const void *)call->request;
	const struct stored_image *image = image_store_at(be16_to_cpu(request->index));
	struct hmc_images_reply *reply = manage_answer(call, sizeof(*reply));

	reply->images = cpu_to_be16((u16)image_store_count());
	if (!image)
		return;
	snprintf(reply->name, sizeof(reply->name), "%s", image->name);
	reply->kernel_size = cpu_to_be64(image->image.kernel_size);
	reply->initrd_size = cpu_to_be64(image->image.initrd_size);
	reply->crc = cpu_to_be32(image->crc);
	reply->users = cpu_to_be16((u16)image_store_users(image));
	reply->planned = image->planned;
}

/* How far the upload has come, at the head of an answer of @length bytes; or NULL: why it has not.
 */
static void *answer_received(struct manage_call *call, u32 length, be32 upload, const char *refusal)
{
	struct hmc_upload_reply *reply;

	if (refusal) {
		manage_refuse(call, HMC_REFUSED, "%s", refusal);
		return NULL;
	}
	reply = manage_answer(call, length);
	reply->upload = upload;
	reply->received = cpu_to_be32(image_store_received(be32_to_cpu(upload)));
	return reply;
}

void manage_image_put(struct manage_call *call)
{
	const struct hmc_image_put *request = (const void *)call->request;
	u64 kernel = be64_to_cpu(request->kernel_size), initrd = be64_to_cpu(request->initrd_size);
	u32 upload = be32_to_cpu(request->upload);
	struct hmc_image_put_reply *reply;
	const struct plan_image *image;

	if (!manage_name(call, request->name, "boot image"))
		return;
	if (!upload || kernel == 0 || kernel >= 4 * GiB || initrd >= 4 * GiB - kernel) {
		manage_refuse(call, HMC_BAD_VALUE,
			      "the upload's number is 0, or the boot image "
			      "has no kernel or 4 GiB or more");
		return;
	}
	reply = answer_received(call, sizeof(*reply), request->upload,
				image_store_begin(upload, request->name, kernel, initrd,
						  be32_to_cpu(request->crc)));
	image = image_store_incoming(upload);
	if (!reply || !image)
		return;
	reply->kernel_at = cpu_to_be64(real_address(image->kernel));
	if (image->initrd)
		reply->initrd_at = cpu_to_be64(real_address(image->initrd));
}

void manage_image_data(struct manage_call *call)
{
	const struct hmc_image_data *request = (const void *)call->request;

	answer_received(call, sizeof(struct hmc_upload_reply), request->upload,
			image_store_receive(be32_to_cpu(request->upload),
					    be32_to_cpu(request->offset), request->data,
					    call->length - (u32)sizeof(*request)));
}

void manage_image_placed(struct manage_call *call)
{
	const struct hmc_image_placed *request = (const void *)call->request;

	answer_received(call, sizeof(struct hmc_upload_reply), request->upload,
			image_store_check(be32_to_cpu(request->upload)));
}

void manage_image_remove(struct manage_call *call)
{
	const struct hmc_image_remove *request = (const void *)call->request;
	const char *reason;

	if (!manage_name(call, request->name, "boot image"))
		return;
	reason = image_store_remove(request->name);
	if (reason)
		manage_refuse(call, HMC_REFUSED, "%s", reason);
}
