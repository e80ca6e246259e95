// SPDX-License-Identifier: Apache-2.0
// mkimage, lsimage, rmimage: boot images, which the HMC does not have.
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/hmcd/image.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/manage.h"

static const char make_usage[] =
	"usage: mkimage [-m SYSTEM] -n NAME --kernel FILE [--initrd FILE]\n"
	"\n"
	"Makes a boot image, or another content of one, and sends it to the hypervisor.\n"
	"\n"
	"  -m SYSTEM      the managed system's name\n"
	"  -n NAME        the image's name\n"
	"  --kernel FILE  an ELF file for POWER\n"
	"  --initrd FILE  what the kernel gets as its initrd\n";

static const char list_usage[] =
	"usage: lsimage [-m SYSTEM] [--filter \"image_names=NAME[,NAME...]\"]\n"
	"               [-F [ATTRIBUTE,...]] [--header]\n"
	"\n"
	"  -m SYSTEM    the managed system's name\n"
	"  --filter     only the images with one of these names\n"
	"  -F           the values of these attributes, or of all\n"
	"  --header     their names first\n";

static const char remove_usage[] = "usage: rmimage [-m SYSTEM] -n NAME\n"
				   "\n"
				   "Removes a boot image that no profile names.\n"
				   "\n"
				   "  -m SYSTEM    the managed system's name\n"
				   "  -n NAME      the image's name\n";

/* Copies @size bytes that come from the program into a new file. Returns 0, or -1 after a message.
 */
static int content_copy(struct session *session, const char *path, u64 size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	char data[64 * KiB];
	bool good = fd >= 0;

	for (u64 left = size; left;) {
		size_t n = (size_t)MIN(left, (u64)sizeof(data));

		if (session_read(session, data, n)) {
			good = false;
			break;
		}
		/* What cannot be written is read all the same: the program sends it. */
		good = good && write(fd, data, n) == (ssize_t)n;
		left -= n;
	}
	if (good && !fdatasync(fd) && !close(fd))
		return 0;
	return -session_error(session, "HSCL8009", "The file %s cannot be written: %s.", path,
			      strerror(errno));
}

/* What is being sent, under a name of its own: others may send an image of the same name. */
struct fresh {
	char kernel[32], initrd[32]; /* parts of image_path() */
	s64 kernel_size, initrd_size;
};

/* Gets a file of the image from the program. Its size, or -1 after a message. */
static s64 part_take(struct session *session, const char *name, const char *part, const char *path)
{
	u64 size;

	if (session_file(session, path, &size) ||
	    content_copy(session, image_path(session->run, name, part).text, size))
		return -1;
	if (size)
		return (s64)size;
	return -session_error(session, "HSCL8008", "The file %s is empty.", path);
}

/* The files are there: the image is. The thread has the store. */
static int image_keep(struct session *session, const char *name, const struct fresh *fresh)
{
	const struct rundir *run = session->run;
	struct store *store = session->store;

	store_begin(store);
	store_change(store, "INSERT OR REPLACE INTO image VALUES(?, ?, ?, 0)", "sii", name,
		     fresh->kernel_size, fresh->initrd_size);
	store_event(store, session->user, "the boot image %s was made", name);
	if (rename(image_path(run, name, fresh->kernel).text, image_path(run, name, "kernel").text))
		store_change(store, "the files cannot be renamed", "");
	if (!fresh->initrd_size)
		unlink(image_path(run, name, "initrd").text);
	else if (rename(image_path(run, name, fresh->initrd).text,
			image_path(run, name, "initrd").text))
		store_change(store, "the files cannot be renamed", "");
	if (!store_commit(store))
		return 0;
	return session_error(session, "HSCL8020", "The change cannot be kept: %s.",
			     store_error(store));
}

static int image_make(struct session *session, const char *name, const struct options *options)
{
	static atomic_uint number;
	u32 mine = atomic_fetch_add(&number, 1);
	const char *initrd = options_value(options, "initrd");
	struct fresh fresh = {.initrd_size = 0};
	const char *text;
	int result = 1;

	mkdir(rundir_file(session->run, "images").text, 0755);
	snprintf(fresh.kernel, sizeof(fresh.kernel), "kernel.new%u", mine);
	snprintf(fresh.initrd, sizeof(fresh.initrd), "initrd.new%u", mine);
	fresh.kernel_size =
		part_take(session, name, fresh.kernel, options_value(options, "kernel"));
	if (fresh.kernel_size > 0 && initrd)
		fresh.initrd_size = part_take(session, name, fresh.initrd, initrd);
	if (fresh.kernel_size > 0 && fresh.initrd_size >= 0) {
		store_take(session->store);
		result = image_keep(session, name, &fresh);
		store_give(session->store);
	}
	unlink(image_path(session->run, name, fresh.kernel).text);
	unlink(image_path(session->run, name, fresh.initrd).text);
	if (result || !image_send(session->run, name, session, &text))
		return result;
	return session_error(session, "HSCL8023",
			     "The boot image %s is kept but the hypervisor does not have it: %s.",
			     name, text);
}

static int mkimage_run(struct session *session, const struct options *options)
{
	const char *name = options_value(options, "n");
	int result;

	if (!name || !options_has(options, "kernel"))
		return session_error(session, "HSCL8003",
				     "The options -n and --kernel are needed.");
	if (!plan_name_valid(name))
		return session_error(
			session, "HSCL8014",
			"-n: \"%s\" is not allowed (1 to %d printable characters, none "
			"of %s, no blank at either end).",
			name, PLAN_NAME_MAX, PLAN_NAME_REFUSED);
	store_take(session->store);
	result = system_check(session, options);
	store_give(session->store);
	return result ? 1 : image_make(session, name, options);
}

/* Partitions that were started from it and are active, as the hypervisor says. */
static u32 users_count(const char *name)
{
	struct hmc_images_reply image;

	for (u32 i = 0; manage_image(i, &image); i++)
		if (!strcmp(image.name, name))
			return be16_to_cpu(image.users);
	return 0;
}

static int image_row(void *ctx, const char *const *column)
{
	struct listing *listing = ctx;

	listing_add(listing, "name", "%s", column[0]);
	listing_add(listing, "kernel_size", "%s", column[1]);
	listing_add(listing, "initrd_size", "%s", column[2]);
	listing_add(listing, "loaded", "%d", image_is_there(column[0]));
	listing_add(listing, "active_lpars", "%u", users_count(column[0]));
	listing_record(listing);
	return 0;
}

static int lsimage_run(struct session *session, const struct options *options)
{
	static const struct listing_filter filters[] = {{"image_names", "name"}, {NULL, NULL}};
	struct listing listing;
	int result = 1;

	store_take(session->store);
	if (!system_check(session, options) &&
	    !listing_begin(&listing, session, options, filters)) {
		store_ask(session->store, image_row, &listing,
			  "SELECT name, kernel_size, initrd_size FROM image ORDER BY name", "");
		result = listing_end(&listing);
	}
	store_give(session->store);
	return result;
}

static int image_remove(struct session *session, const char *name)
{
	struct store *store = session->store;
	const char *text;
	char lpar[128];

	if (!store_value(store, lpar, sizeof(lpar), "SELECT name FROM image WHERE name = ?", "s",
			 name))
		return session_error(session, "HSCL8022", "There is no boot image named %s.", name);
	if (store_value(store, lpar, sizeof(lpar),
			"SELECT 'profile ' || profile.name || ' of partition ' || lpar.name"
			" FROM profile JOIN lpar USING(lpar_id)"
			" WHERE attribute = 'boot_image' AND value = ?",
			"s", name))
		return session_error(session, "HSCL8024",
				     "The boot image %s cannot be removed: the %s names it.", name,
				     lpar);
	if (users_count(name))
		return session_error(session, "HSCL8024",
				     "The boot image %s cannot be removed: a partition that was "
				     "started from it is active.",
				     name);
	store_begin(store);
	store_change(store, "DELETE FROM image WHERE name = ?", "s", name);
	store_event(store, session->user, "the boot image %s was removed", name);
	if (store_commit(store))
		return session_error(session, "HSCL8020", "The change cannot be kept: %s.",
				     store_error(store));
	unlink(image_path(session->run, name, "kernel").text);
	unlink(image_path(session->run, name, "initrd").text);
	/* One of the plan stays in the hypervisor's memory until the machine is started again. */
	if (image_is_there(name))
		manage_image_remove(name, &text);
	return 0;
}

static int rmimage_run(struct session *session, const struct options *options)
{
	const char *name = options_value(options, "n");
	int result;

	if (!name)
		return session_error(session, "HSCL8003", "The option -n is needed.");
	store_take(session->store);
	result = system_check(session, options) ? 1 : image_remove(session, name);
	store_give(session->store);
	return result;
}

const struct command mkimage_command = {
	.name = "mkimage",
	.summary = "make a boot image and send it to the hypervisor",
	.usage = make_usage,
	.options = "m n kernel initrd",
	.run = mkimage_run,
};

const struct command lsimage_command = {
	.name = "lsimage",
	.summary = "list boot images",
	.usage = list_usage,
	.options = "m filter F header",
	.run = lsimage_run,
};

const struct command rmimage_command = {
	.name = "rmimage",
	.summary = "remove a boot image",
	.usage = remove_usage,
	.options = "m n",
	.run = rmimage_run,
};
