/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/error.h"
#include "proof/world.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	MAP_SIZE = 4096,
};

static int write_file(pid_t pid, const char *name, const char *text)
{
	CLEANUP(fd) int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

/* Whether ID is one of those that we have: "INSIDE OUTSIDE COUNT". */
static bool has_id(const char *path, uint32_t id)
{
	FILE *file = fopen(path, "re");
	uint32_t inside;
	uint32_t count;
	bool found = false;

	/* Without user namespaces, all are there. */
	if (!file)
		return errno == ENOENT;
	/* NOLINTNEXTLINE(cert-err34-c): the kernel writes it */
	while (!found && fscanf(file, "%" SCNu32 " %*u %" SCNu32, &inside, &count) == 2)
		found = id >= inside && id - inside < count;
	(void)fclose(file);
	return found;
}

bool world_has_ids(const struct proof_options *options)
{
	return has_id("/proc/self/uid_map", options->uid) &&
	       has_id("/proc/self/gid_map", options->gid);
}

/* Our own map, each id to itself: "INSIDE OUTSIDE COUNT" to "INSIDE INSIDE COUNT". */
static int identity_of(const char *path, char text[MAP_SIZE])
{
	FILE *file = fopen(path, "re");
	uint32_t inside;
	uint32_t count;
	size_t length = 0;

	if (!file)
		return -errno;
	text[0] = '\0';
	/* NOLINTNEXTLINE(cert-err34-c): the kernel writes it */
	while (fscanf(file, "%" SCNu32 " %*u %" SCNu32, &inside, &count) == 2 &&
	       length + 64 < MAP_SIZE)
		length += (size_t)snprintf(text + length, MAP_SIZE - length,
					   "%" PRIu32 " %" PRIu32 " %" PRIu32 "\n", inside, inside,
					   count);
	(void)fclose(file);
	return 0;
}

/* All ids that we have, which takes CAP_SETUID and CAP_SETGID. */
static int map_all(pid_t pid)
{
	char text[MAP_SIZE];

	TRY(identity_of("/proc/self/gid_map", text));
	TRY(write_file(pid, "gid_map", text));
	TRY(identity_of("/proc/self/uid_map", text));
	return write_file(pid, "uid_map", text);
}

static int map_one(const struct proof_options *options, pid_t pid)
{
	char text[64];

	TRY(write_file(pid, "setgroups", "deny"));
	snprintf(text, sizeof(text), "%" PRIu32 " %" PRIu32 " 1\n", (uint32_t)options->gid,
		 (uint32_t)getegid());
	TRY(write_file(pid, "gid_map", text));
	snprintf(text, sizeof(text), "%" PRIu32 " %" PRIu32 " 1\n", (uint32_t)options->uid,
		 (uint32_t)geteuid());
	return write_file(pid, "uid_map", text);
}

int world_map_ids(const struct proof_options *options, pid_t pid, unsigned *lacking)
{
	if (geteuid() == 0 && world_has_ids(options) && map_all(pid) == 0)
		return 0;
	*lacking |= PROOF_ONE_ID;
	return map_one(options, pid);
}
