/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one rule of what does not come by itself.
 */
#include "needs_suite.h"

#include "needs/private.h"

#include <sys/socket.h>
#include <sys/un.h>

/* What the rule says of PATH: the reason, or "" for what may come. */
static const char *reason_of(const char *path, bool listed)
{
	const char *reason;
	int is_private = private_path(root, arena, path, listed, &reason);

	ck_assert_int_eq(is_private, reason != NULL);
	return reason ? reason : "";
}

static void set_mode(const char *path, mode_t mode)
{
	char *whole = scratch_path(&scratch, path);

	ck_assert_int_eq(chmod(whole, mode), 0);
	free(whole);
}

/* Places and names decide by the path alone, whether something is there or not. */
static const struct {
	const char *path;
	bool listed;
	const char *reason;
} by_text[] = {
	{ "/usr/share/x/data", false, "" },
	{ "/etc/x.conf", false, "" },
	{ "/home", false, "" },
	{ "/homes/x", false, "" },
	{ "/home/a/x", false, "it is in a home directory" },
	{ "/home/a/x", true, "it is in a home directory" },
	{ "/root/x", false, "it is in a home directory" },
	{ "/usr/../root/x", false, "it is in a home directory" },
	{ "/srv/www/x", true, "it is what this machine serves" },
	{ "/run/x.pid", true, "it is of what runs on this machine" },
	{ "/run/secrets/token", false, "it is of what runs on this machine" },
	{ "/var/run/x.pid", false, "it is of what runs on this machine" },
	{ "/proc/self/environ", true, "the kernel shows it" },
	{ "/dev/sda", false, "the kernel shows it" },
	{ "/var/log/x", false, "it is a log" },
	{ "/var/log/x", true, "it is a log" },
	{ "/var/mail/x", false, "it is somebody's mail" },
	{ "/var/cache/x", false, "it is a cache that no package lists" },
	{ "/var/cache/x", true, "" },
	{ "/var/lib", false, "" },
	{ "/var/lib/x", false, "it is data of this machine that no package lists" },
	{ "/var/lib/x", true, "" },
	{ "/var/www/html/index.html", false, "it is data of this machine that no package lists" },
	{ "/usr/local/var/log/x", false, "it is a log" },
	{ "/opt/x/var/lib/y", false, "it is data of this machine that no package lists" },
	{ "/opt/x/lib/y", false, "" },
	{ "/tmp/build/data", false, "" },
	{ "/var/tmp/build/data", false, "" },
	{ "/tmp/build/.netrc", false, "it holds credentials" },
	{ "/app/.npmrc", false, "it holds credentials" },
	{ "/app/.docker/config.json", false, "it holds credentials" },
	{ "/app/.config/gh/hosts.yml", false, "it holds credentials" },
	{ "/app/.config/other", false, "" },
	{ "/app/.env", false, "it holds credentials" },
	{ "/app/.environment", false, "" },
	{ "/app/.git/config", false, "it is of a repository" },
	{ "/app/.github/x", false, "" },
	{ "/app/.bash_history", false, "it is a history" },
	{ "/app/.psql_history", false, "it is a history" },
	{ "/etc/ssh/ssh_host_rsa_key", true, "it is a private key" },
	{ "/etc/ssh/ssh_host_rsa_key.pub", true, "" },
	{ "/x/id_ed25519", false, "it is a private key" },
	{ "/x/id_ed25519.pub", false, "" },
	{ "/x/keystore.jks", false, "it is a private key" },
	{ "/etc/shadow", true, "it holds credentials" },
	{ "/etc/shadow-", false, "it holds credentials" },
	{ "/usr/share/shadow", true, "" },
	{ "/etc/machine-id", false, "it is this machine's identity" },
};

TEST_EACH(some_places_and_names_are_private, ARRAY_SIZE(by_text))
{
	ck_assert_str_eq(reason_of(by_text[_i].path, by_text[_i].listed), by_text[_i].reason);
	ck_assert(private_path(root, arena, by_text[_i].path, by_text[_i].listed, NULL) ==
		  (by_text[_i].reason[0] != '\0'));
}

TEST(what_others_may_not_read_is_private)
{
	scratch_text(&scratch, "etc/open", "");
	scratch_text(&scratch, "etc/closed", "");
	set_mode("etc/closed", 0640);
	scratch_text(&scratch, "etc/private/x", "");
	set_mode("etc/private", 0710);
	scratch_text(&scratch, "build/private/x", "");
	set_mode("build/private", 0700);
	scratch_text(&scratch, "usr/bin/helper", "");
	set_mode("usr/bin/helper", 04750);
	ck_assert_str_eq(reason_of("/etc/open", false), "");
	ck_assert_str_eq(reason_of("/etc/closed", false), "others may not read it");
	ck_assert_str_eq(reason_of("/etc/closed", true), "others may not read it");
	ck_assert_str_eq(reason_of("/etc/private/x", true),
			 "others may not look into /etc/private");
	ck_assert_str_eq(reason_of("/etc/private", true), "others may not look into /etc/private");
	/* A directory that a build was given is closed by habit. */
	ck_assert_str_eq(reason_of("/build/private/x", false), "");
	ck_assert_str_eq(reason_of("/usr/bin/helper", false), "others may not read it");
	ck_assert_str_eq(reason_of("/usr/bin/helper", true), "");
}

TEST(links_are_followed_to_private_places)
{
	scratch_text(&scratch, "home/a/x", "");
	scratch_text(&scratch, "var/lib/x/y", "");
	scratch_link(&scratch, "etc-link", "home/a/x");
	scratch_link(&scratch, "data", "/var/lib/x");
	scratch_link(&scratch, "loop", "loop");
	scratch_link(&scratch, "home/a/out", "/usr");
	scratch_directory(&scratch, "usr/share");
	ck_assert_str_eq(reason_of("/etc-link", false), "it is in a home directory");
	ck_assert_str_eq(reason_of("/data/y", false),
			 "it is data of this machine that no package lists");
	ck_assert_str_eq(reason_of("/data/y", true), "");
	ck_assert_str_eq(reason_of("/home/a/out/share", false), "it is in a home directory");
	ck_assert_str_ne(reason_of("/loop", false), "");
	ck_assert_str_eq(reason_of("/none/at/all", false), "");
}

TEST(sockets_and_devices_do_not_come)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char *fifo = scratch_path(&scratch, "fifo");

	ck_assert_int_eq(mkfifo(fifo, 0644), 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%.90s/socket", scratch.path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	ck_assert_str_eq(reason_of("/socket", false), "it is a socket");
	ck_assert_str_eq(reason_of("/fifo", true), "it is a device");
	free(fifo);
}

TEST(keys_are_known_by_their_content)
{
	scratch_text(&scratch, "a.pem",
		     "-----BEGIN CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\n");
	scratch_text(&scratch, "b.pem", "-----BEGIN CERTIFICATE-----\n");
	scratch_text(&scratch, "c.key", "-----BEGIN PRIVATE KEY-----\n");
	scratch_text(&scratch, "d.txt", "-----BEGIN PRIVATE KEY-----\n");
	scratch_directory(&scratch, "e.key");
	ck_assert_str_eq(reason_of("/a.pem", false), "it is a private key");
	ck_assert_str_eq(reason_of("/b.pem", false), "");
	ck_assert_str_eq(reason_of("/c.key", true), "it is a private key");
	ck_assert_str_eq(reason_of("/d.txt", false), "");
	ck_assert_str_eq(reason_of("/e.key", false), "");
}

SUITE(private, set_up, tear_down);
