/* SPDX-License-Identifier: Apache-2.0 */
/* What the C library itself loads and reads, and what any program may do with it. */
#include "needs/make.h"
#include "needs/tables.h"

#define IMPORTS(name)                                                                              \
	{                                                                                          \
		SIGN_IMPORT, name                                                                  \
	}
#define NAMES(path)                                                                                \
	{                                                                                          \
		SIGN_PATH, path                                                                    \
	}
#define LIBC "libc.so.*"

static const char nsswitch[] = "passwd: files\n"
			       "group: files\n"
			       "shadow: files\n"
			       "gshadow: files\n"
			       "initgroups: files\n"
			       "hosts: files dns\n"
			       "networks: files\n"
			       "services: files\n"
			       "protocols: files\n"
			       "rpc: files\n"
			       "ethers: files\n"
			       "netgroup: files\n";

static const char hosts[] = "127.0.0.1\tlocalhost\n"
			    "::1\tlocalhost ip6-localhost ip6-loopback\n";

#define LOOKS_UP_HOSTS                                                                             \
	IMPORTS("getaddrinfo"), IMPORTS("getnameinfo"), IMPORTS("gethostbyname"),                  \
		IMPORTS("gethostbyname2"), IMPORTS("gethostbyname_r"),                             \
		IMPORTS("gethostbyname2_r"), IMPORTS("gethostbyaddr"), IMPORTS("gethostbyaddr_r"), \
		IMPORTS("getaddrinfo_a")

const struct need_rule need_rules_system[] = {
	{
		.name = "unwind",
		.level = NEED_REQUIRED,
		.loader = LOADER_GLIBC,
		.why = "glibc loads the unwinder by itself where threads are cancelled or exit, "
		       "and for backtraces; without it the program aborts",
		.signs = { IMPORTS("pthread_cancel"), IMPORTS("pthread_exit"),
			   IMPORTS("pthread_testcancel"), IMPORTS("thrd_exit"),
			   IMPORTS("backtrace"), IMPORTS("backtrace_symbols"),
			   IMPORTS("_Unwind_Find_FDE") },
		.brings = { { .in = LIBC, .library = "libgcc_s.so.1" } },
	},
	{
		.name = "nss",
		.level = NEED_RECOMMENDED,
		.loader = LOADER_GLIBC,
		.why = "accounts, groups, hosts and services are looked up as nsswitch.conf says",
		.signs = { LOOKS_UP_HOSTS, IMPORTS("getpwnam"), IMPORTS("getpwnam_r"),
			   IMPORTS("getpwuid"), IMPORTS("getpwuid_r"), IMPORTS("getgrnam"),
			   IMPORTS("getgrgid"), IMPORTS("initgroups") },
		.brings = { { .path = "/etc/nsswitch.conf", .text = nsswitch },
			    /* Built in since (6212bb67f4, e1fcf21474). */
			    { .in = LIBC, .library = "libnss_files.so.2", .before_minor = 34 },
			    { .in = LIBC, .library = "libnss_dns.so.2", .before_minor = 34 },
			    { .make = make_nss_modules } },
	},
	{
		.name = "nss",
		.level = NEED_RECOMMENDED,
		.loader = LOADER_GLIBC,
		.why = "accounts, groups, hosts and services are looked up as nsswitch.conf says",
		.signs = { IMPORTS("getpwent"), IMPORTS("getgrent"), IMPORTS("getgrouplist"),
			   IMPORTS("getgrnam_r"), IMPORTS("getgrgid_r"), IMPORTS("getspnam"),
			   IMPORTS("getspnam_r"), IMPORTS("getservbyname"),
			   IMPORTS("getservbyname_r"), IMPORTS("getservbyport"),
			   IMPORTS("getprotobyname"), IMPORTS("getprotobynumber") },
		.brings = { { .path = "/etc/nsswitch.conf", .text = nsswitch },
			    { .in = LIBC, .library = "libnss_files.so.2", .before_minor = 34 } },
	},
	{
		.name = "accounts",
		.level = NEED_RECOMMENDED,
		.each = true,
		.quiet = true,
		.why = "it looks accounts up, and names some that are there",
		.signs = { IMPORTS("getpwnam"), IMPORTS("getpwnam_r"), IMPORTS("getgrnam"),
			   IMPORTS("getgrnam_r"), IMPORTS("initgroups"), IMPORTS("getgrouplist") },
		.brings = { { .make = make_accounts } },
	},
	{
		.name = "places",
		.level = NEED_RECOMMENDED,
		.each = true,
		.quiet = true,
		.why = "it keeps files there: pid files, sockets, data",
		.signs = { { SIGN_ASKED, NULL } },
		.brings = { { .make = make_places } },
	},
	{
		.name = "hosts",
		.level = NEED_RECOMMENDED,
		.why = "names of hosts are looked up, localhost among them",
		.signs = { LOOKS_UP_HOSTS },
		.brings = { { .path = "/etc/hosts", .text = hosts } },
	},
	{
		.name = "hosts",
		.level = NEED_RECOMMENDED,
		.otherwise = true,
		.why = "it looks up names of hosts without the C library, localhost among them",
		.signs = { NAMES("/etc/hosts") },
		.brings = { { .path = "/etc/hosts", .text = hosts } },
	},
	{
		.name = "idn",
		.level = NEED_SUGGESTED,
		.quiet = true,
		.why = "libidn2 is loaded for host names that are not ASCII",
		.loader = LOADER_GLIBC,
		.signs = { IMPORTS("getaddrinfo") },
		.brings = { { .in = LIBC, .library = "libidn2.so.0" } },
	},
	{
		.name = "services",
		.level = NEED_RECOMMENDED,
		.quiet = true,
		.why = "names of services and protocols are looked up in their files",
		.signs = { IMPORTS("getservbyname"), IMPORTS("getservbyname_r"),
			   IMPORTS("getservbyport"), IMPORTS("getservbyport_r"),
			   IMPORTS("getservent"), IMPORTS("getprotobyname"),
			   IMPORTS("getprotobyname_r"), IMPORTS("getprotobynumber"),
			   IMPORTS("getprotobynumber_r"), IMPORTS("getprotoent"),
			   IMPORTS("getaddrinfo"), IMPORTS("getnameinfo") },
		.brings = { { .in = LIBC, .string = "{/*/services}", .path = "%1" },
			    { .in = LIBC, .string = "{/*/protocols}", .path = "%1" },
			    { .path = "/etc/services", .fallback = true },
			    { .path = "/etc/protocols", .fallback = true } },
	},
	{
		.name = "gconv",
		.level = NEED_RECOMMENDED,
		.loader = LOADER_GLIBC,
		.each = true,
		.quiet = true,
		.why = "iconv loads a module for each character set but UTF-8, UCS-2, UCS-4 and "
		       "ASCII; those come that are usual, or named in what calls it",
		.signs = { IMPORTS("iconv_open") },
		/* libstdc++ imports iconv for an extension of codecvt that programs hardly use. */
		.except = "libstdc++.so.*",
		.brings = { { .make = make_gconv, .valued = true } },
	},
	{
		.name = "gconv-all",
		.level = NEED_SUGGESTED,
		.loader = LOADER_GLIBC,
		.why = "iconv may be asked for any character set",
		.signs = { IMPORTS("iconv_open") },
		.except = "libstdc++.so.*",
		.brings = { { .in = LIBC, .string = "{/*/gconv}", .path = "%1/" } },
	},
	{
		.name = "locale",
		.level = NEED_RECOMMENDED,
		.loader = LOADER_GLIBC,
		.quiet = true,
		.why = "the locale is set from the environment; C.UTF-8 is the one for all",
		.signs = { IMPORTS("setlocale"), IMPORTS("newlocale"), IMPORTS("__newlocale") },
		.brings = { { .in = LIBC, .string = "{/*/locale}", .path = "%1/C.utf8/" },
			    { .in = LIBC,
			      .string = "{/*/locale}",
			      .path = "%1/C.UTF-8/",
			      .fallback = true },
			    { .make = make_locale, .valued = true } },
	},
	{
		.name = "locale-all",
		.level = NEED_SUGGESTED,
		.loader = LOADER_GLIBC,
		.quiet = true,
		.why = "the locale is set from the environment, and may be any that is compiled",
		.signs = { IMPORTS("setlocale"), IMPORTS("newlocale") },
		.brings = { { .in = LIBC, .string = "{/usr*/lib*/locale}", .path = "%1/" } },
	},
	{
		.name = "tz",
		.level = NEED_RECOMMENDED,
		.quiet = true,
		.why = "local time is told by the time zone that TZ names, or by UTC",
		.signs = { IMPORTS("tzset"), IMPORTS("localtime"), IMPORTS("localtime_r"),
			   IMPORTS("__localtime64_r"), IMPORTS("__localtime64"), IMPORTS("mktime"),
			   IMPORTS("__mktime64") },
		.brings = { { .in = LIBC, .string = "{/*/zoneinfo}", .path = "%1/UTC" },
			    { .in = LIBC, .string = "{/*/zoneinfo}", .path = "%1/Etc/UTC" },
			    { .in = LIBC, .string = "{/*/zoneinfo}", .path = "%1/$VALUE" },
			    /* musl has a list of directories of its own. */
			    { .path = "/usr/share/zoneinfo/UTC", .fallback = true },
			    { .path = "/usr/share/zoneinfo/$VALUE" } },
	},
	{
		.name = "tz",
		.level = NEED_RECOMMENDED,
		.each = true,
		.otherwise = true,
		.quiet = true,
		.why = "it reads time zones itself: UTC, and the one that TZ names",
		.signs = { NAMES("/*/zoneinfo*") },
		.brings = { { .string = "{/*/zoneinfo}", .path = "%1/UTC" },
			    { .string = "{/*/zoneinfo}", .path = "%1/Etc/UTC" },
			    { .string = "{/*/zoneinfo}", .path = "%1/$VALUE" },
			    { .string = "{/*/zoneinfo}/", .path = "%1/UTC" },
			    { .string = "{/*/zoneinfo}/", .path = "%1/Etc/UTC" },
			    { .string = "{/*/zoneinfo}/", .path = "%1/$VALUE" } },
	},
	{
		.name = "tz-all",
		.level = NEED_SUGGESTED,
		.quiet = true,
		.why = "local time may be asked for in any time zone",
		.signs = { IMPORTS("tzset"), IMPORTS("localtime"), IMPORTS("localtime_r"),
			   IMPORTS("__localtime64_r"), IMPORTS("__localtime64") },
		.brings = { { .in = LIBC,
			      .string = "{/*/zoneinfo}",
			      .path = "%1/",
			      .without = (const char *const[]){ "right", "posix", NULL } },
			    { .path = "/usr/share/zoneinfo/",
			      .without = (const char *const[]){ "right", "posix", NULL },
			      .fallback = true } },
	},
	{
		.name = "tz-all",
		.level = NEED_SUGGESTED,
		.each = true,
		.otherwise = true,
		.quiet = true,
		.why = "it reads time zones itself, and may be asked for any",
		.signs = { NAMES("/*/zoneinfo*") },
		.brings = { { .string = "{/*/zoneinfo}",
			      .path = "%1/",
			      .without = (const char *const[]){ "right", "posix", NULL } },
			    { .string = "{/*/zoneinfo}/",
			      .path = "%1/",
			      .without = (const char *const[]){ "right", "posix", NULL } } },
	},
	{
		.name = "messages",
		.level = NEED_SUGGESTED,
		.quiet = true,
		.why = "messages are translated, where the locale asks for it",
		.signs = { IMPORTS("bindtextdomain") },
		.brings = { { .in = LIBC,
			      .string = "{/*/share/locale}",
			      .path = "%1/$VALUE/LC_MESSAGES/" } },
	},
	{
		.name = "dlopen-notes",
		.found_by = FOUND_BY_DLOPEN,
		.level = NEED_REQUIRED, /* each entry has a priority of its own */
		.each = true,
		.quiet = true,
		.why = "its .note.dlopen tells what it opens by itself",
		.signs = { { SIGN_NOTE, NULL } },
		.brings = { { .make = make_dlopen_notes } },
	},
	{
		.name = "dlopen",
		.found_by = FOUND_BY_DLOPEN,
		.telling = NEED_TOLD_AS_LIBRARIES,
		.level = NEED_SUGGESTED,
		.each = true,
		.quiet = true,
		.why = "it calls dlopen, and has names of libraries that are there",
		.signs = { IMPORTS("dlopen"), IMPORTS("dlmopen"), IMPORTS("__libc_dlopen_mode") },
		.brings = { { .make = make_dlopen_names } },
	},
	{
		.name = "shell",
		.telling = NEED_TOLD_AS_SHELL,
		.level = NEED_SUGGESTED,
		.manual = true,
		.why = "it calls system or popen, which run /bin/sh: the rootfs has no shell",
		.signs = { IMPORTS("system"), IMPORTS("popen"), IMPORTS("wordexp") },
		.brings = { { .path = "/bin/sh" } },
	},
	{
		.name = "helpers",
		.telling = NEED_TOLD_AS_PROGRAMS,
		.level = NEED_SUGGESTED,
		.manual = true,
		.quiet = true,
		.why = "it starts other programs, and has paths of some that are there",
		.signs = { IMPORTS("execl"), IMPORTS("execle"), IMPORTS("execlp"), IMPORTS("execv"),
			   IMPORTS("execve"), IMPORTS("execvp"), IMPORTS("execvpe"),
			   IMPORTS("posix_spawn"), IMPORTS("posix_spawnp"), IMPORTS("system"),
			   IMPORTS("popen"), IMPORTS("fexecve") },
		.brings = { { .make = make_helpers } },
	},
};

const size_t need_n_rules_system = ARRAY_SIZE(need_rules_system);
