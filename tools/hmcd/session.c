// SPDX-License-Identifier: Apache-2.0
// The program for which a command runs.
#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/hmcd/alloc.h"
#include "tools/hmcd/client.h"
#include "tools/hmcd/session.h"

#define FLUSH_SIZE (16 * KiB)
#define LINE_SIZE  (4 * KiB)

static void bytes_send(struct session *session, const char *data, size_t length)
{
	while (length && !session->gone) {
		ssize_t n = send(session->fd, data, length, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			session->gone = true;
			return;
		}
		data += n;
		length -= (size_t)n;
	}
}

static void answer_send(struct session *session, char tag, const char *data, size_t length)
{
	char header[32];

	snprintf(header, sizeof(header), "%c %zu\n", tag, length);
	bytes_send(session, header, strlen(header));
	bytes_send(session, data, length);
}

static void user_find(struct session *session)
{
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t size = sizeof(peer);
	struct passwd entry, *found = NULL;
	char buffer[1024];

	getsockopt(session->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
	if (!getpwuid_r(peer.uid, &entry, buffer, sizeof(buffer), &found) && found)
		snprintf(session->user, sizeof(session->user), "%s", found->pw_name);
	else
		snprintf(session->user, sizeof(session->user), "%u", (unsigned int)peer.uid);
}

void session_begin(struct session *session, int fd, const struct rundir *run, struct store *store)
{
	*session = (struct session){.fd = fd, .run = run, .store = store, .name = ""};
	user_find(session);
}

void session_end(struct session *session, int status)
{
	char text[8];

	session_flush(session);
	snprintf(text, sizeof(text), "%d", status);
	answer_send(session, CLIENT_EXIT, text, strlen(text));
	close(session->fd);
	free(session->text);
}

void session_flush(struct session *session)
{
	if (session->used)
		answer_send(session, CLIENT_STDOUT, session->text, session->used);
	session->used = 0;
}

void session_print(struct session *session, const char *format, ...)
{
	va_list arguments;
	char *text;
	int n;

	va_start(arguments, format);
	n = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (n < 0)
		abort();
	if (session->used + (size_t)n > session->room) {
		session->room = 2 * (session->used + (size_t)n);
		session->text = realloc(session->text, session->room);
		if (!session->text)
			abort();
	}
	memcpy(session->text + session->used, text, (size_t)n);
	session->used += (size_t)n;
	free(text);
	if (session->used >= FLUSH_SIZE)
		session_flush(session);
}

int session_error(struct session *session, const char *number, const char *format, ...)
{
	char text[LINE_SIZE];
	int used = snprintf(text, sizeof(text), "%s ", number);
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text + used, sizeof(text) - (size_t)used - 1, format, arguments);
	va_end(arguments);
	used = MIN(used + n, (int)sizeof(text) - 2);
	text[used++] = '\n';
	session_flush(session);
	answer_send(session, CLIENT_STDERR, text, (size_t)used);
	return 1;
}

void session_progress(struct session *session, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	session_flush(session);
	answer_send(session, CLIENT_PROGRESS, text, strlen(text));
}

/* Reads a line, byte by byte: what comes behind it is somebody else's. */
static int line_read(struct session *session, char *line, size_t size)
{
	size_t used = 0;

	while (used < size) {
		if (read(session->fd, line + used, 1) != 1) {
			session->gone = true;
			return -1;
		}
		if (line[used] == '\n') {
			line[used] = 0;
			return 0;
		}
		used++;
	}
	return -1;
}

int session_file(struct session *session, const char *path, u64 *size)
{
	char line[CLIENT_LINE_MAX], *end;

	session_flush(session);
	answer_send(session, CLIENT_FILE, path, strlen(path));
	if (line_read(session, line, sizeof(line)))
		return -1;
	if (!strncmp(line, "error ", 6)) {
		session_error(session, "HSCL8008", "The file %s cannot be read: %s.", path,
			      line + 6);
		return -1;
	}
	*size = strtoull(line, &end, 10);
	if (end == line || *end || *size > CLIENT_FILE_MAX) {
		session_error(session, "HSCL8008", "The file %s cannot be read.", path);
		return -1;
	}
	return 0;
}

int session_read(struct session *session, void *buffer, size_t size)
{
	char *at = buffer;

	while (size) {
		ssize_t n = read(session->fd, at, size);

		if (n <= 0) {
			session->gone = true;
			return -1;
		}
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

/* What is on its way already, and is not wanted. */
static void content_skip(struct session *session, u64 size)
{
	char data[4 * KiB];

	while (size && !session_read(session, data, (size_t)MIN(size, sizeof(data))))
		size -= MIN(size, sizeof(data));
}

char *session_text(struct session *session, const char *path, size_t most)
{
	char *text;
	u64 size;

	if (session_file(session, path, &size))
		return NULL;
	if (size > most) {
		session_error(
			session, "HSCL8008",
			"The file %s is too long: it has %llu bytes, at most %zu are allowed.",
			path, (unsigned long long)size, most);
		content_skip(session, size);
		return NULL;
	}
	text = alloc_zeroed(size + 1);
	if (!session_read(session, text, size))
		return text;
	free(text);
	return NULL;
}

int session_write(struct session *session, const char *path, const char *data, size_t length)
{
	size_t name = strlen(path) + 1;
	char *both = alloc_zeroed(name + length), line[CLIENT_LINE_MAX];

	session_flush(session);
	memcpy(both, path, name);
	memcpy(both + name, data, length);
	answer_send(session, CLIENT_WRITE, both, name + length);
	free(both);
	if (line_read(session, line, sizeof(line)))
		return -1;
	if (!strcmp(line, "ok"))
		return 0;
	session_error(session, "HSCL8009", "The file %s cannot be written: %s.", path,
		      strncmp(line, "error ", 6) ? "it was not said why" : line + 6);
	return -1;
}
