/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/own_paths.h"
#include "base/path.h"
#include "needs/pattern.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* The last parts of directories that are nobody's own, wherever they stand (hier(7)). */
static const char *const shared_names[] = {
	"bin",		"sbin",		 "lib",
	"lib32",	"lib64",	 "libx32",
	"libexec",	"share",	 "include",
	"etc",		"var",		 "usr",
	"local",	"opt",		 "src",
	"games",	"man",		 "doc",
	"info",		"locale",	 "run",
	"tmp",		"cache",	 "log",
	"spool",	"lock",		 "state",
	"home",		"root",		 "srv",
	"python3",	"dist-packages", "site-packages",
	"perl5",	"fonts",	 "icons",
	"mime",		"applications",	 "pixmaps",
	"pkgconfig",	"systemd",	 "dbus-1",
	"sysusers.d",	"tmpfiles.d",	 "default",
	"init.d",	"misc",		 "dict",
	"xml",		"sgml",		 "ssl",
	"alternatives", "udev",		 "modules-load.d",
	"zoneinfo",	"X11",		 "themes",
	"sounds",	"security",	 "pam.d",
	"ld.so.conf.d", "profile.d",	 "terminfo",
	"gconv",	"debug",	 "firmware",
};

static const char *const for_people[] = {
	/* For people. */
	"/usr/share/doc/*",
	"/usr/share/doc-base/*",
	"/usr/share/man/*",
	"/usr/share/info/*",
	"/usr/share/gtk-doc/*",
	"/usr/share/help/*",
	"/usr/share/lintian/*",
	"/usr/share/bug/*",
	"/usr/share/menu/*",
	"/usr/share/applications/*",
	"/usr/share/icons/*",
	"/usr/share/pixmaps/*",
	"/usr/share/metainfo/*",
	"/usr/share/appdata/*",
	"/usr/share/app-install/*",
	"/usr/share/bash-completion/*",
	"/usr/share/zsh/vendor-completions/*",
	"/usr/share/zsh/site-functions/*",
	"/usr/share/fish/vendor_completions.d/*",
	"/usr/share/apport/*",
	"/usr/share/nano/*",
	"/usr/share/licenses/*",
	"/usr/lib/mime/packages/*",
	"/usr/share/vim/addons/*",
	"/usr/share/vim/registry/*",
	"/usr/share/emacs/site-lisp/*",
	"/etc/bash_completion.d/*",
	"*/man/man[0-9n]*/*",
	"*/[dD]oc/*",
	"*/[dD]ocs/*",
	"*/examples/*",
	"*/manual/*",
	"*/LC_[A-Z]*/*.[gm]*o", /* coreutils links from LC_TIME to LC_MESSAGES */
	/* Outside of the places of documentation, "README.x" may be data; these names are for
	   people. */
	"*/CHANGELOG",
	"*/CHANGELOG.*",
	"*/COPYING",
	"*/README",
	"*/README.md",
	"*/README.rst",
	"*/README.txt",
	"*/README.html",
	"*/README.gz",
	"*/README.[Dd]ebian",
	/* For the services of the system. */
	"/usr/lib/systemd/*",
	"/lib/systemd/*",
	"/etc/systemd/*",
	"/etc/init.d/*",
	"/etc/init/*",
	"/etc/rc[0-9S].d/*",
	"/etc/cron*",
	"/etc/logrotate.d/*",
	"/etc/default/*",
	"/etc/apparmor.d/*",
	"/etc/logcheck/*",
	"/etc/ufw/*",
	"/etc/insserv*",
	"/etc/pam.d/*",
	"/etc/network/*",
	"/etc/ppp/*",
	"/etc/dhcp/*",
	"/etc/resolvconf/*",
	"/etc/xdg/autostart/*",
	"/etc/apt/*",
	"/etc/kernel/*",
	"/etc/profile.d/*",
	"/etc/alternatives/*",
	"/usr/lib/tmpfiles.d/*",
	"/usr/lib/sysusers.d/*",
	"/usr/lib/udev/*",
	"/lib/udev/*",
	"/usr/share/dbus-1/system-services/*",
	"/usr/share/polkit-1/*",
	"/usr/share/initramfs-tools/*",
	"/usr/share/debconf/*",
	"/var/lib/dpkg/*",
	"/var/lib/apt/*",
	"/var/cache/*",
	"/var/log/*",
};

static const char *const for_developers[] = {
	"/usr/include/*",
	"/usr/local/include/*",
	"/usr/lib/debug/*",
	"*/pkgconfig/*.pc",
	"/usr/share/aclocal/*",
	"/usr/share/vala/*",
	"/usr/share/gir-1.0/*",
	"*/lib*.a",
	"*/lib*.la",
	"*.debug",
	"*/.build-id/*",
	"*/bitcode/*",
};

static const char *const of_machine[] = {
	"/etc/passwd",
	"/etc/passwd-",
	"/etc/group",
	"/etc/group-",
	"/etc/shadow",
	"/etc/gshadow",
	"/etc/security/opasswd",
	"/etc/subuid",
	"/etc/subgid",
	"/etc/hosts",
	"/etc/hostname",
	"/etc/resolv.conf",
	"/etc/fstab",
	"/etc/mtab",
	"/etc/machine-id",
	"/etc/localtime",
	"/etc/timezone",
	"/etc/adjtime",
	"/etc/environment",
	"/etc/ld.so.cache",
	"/etc/ld.so.conf",
	"/etc/ld.so.preload",
	"/etc/nsswitch.conf",
	"/etc/crontab",
	"/etc/motd",
	"/etc/issue",
	"/etc/issue.net",
	"/etc/shells",
	"/etc/securetty",
	"/etc/default/locale",
	"/etc/inittab",
	"/etc/modules",
	"/etc/mailname",
	"/etc/networks",
	"/etc/sysctl.conf",
	"/var/lib/dbus/machine-id",
	"/var/lib/systemd/catalog/database",
	"/etc/locale.conf",
};

bool own_path_is_shared(const char *path)
{
	const char *name = path_basename(path);

	/* "/" and the directories in it. */
	if (!strchr(path + 1, '/'))
		return true;
	/* "x86_64-linux-gnu": a directory of libraries. */
	if (strstr(name, "-linux-") && !strchr(name, '.'))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(shared_names); i++)
		if (strcmp(name, shared_names[i]) == 0)
			return true;
	return false;
}

static bool is_one_of(const char *path, const char *const *globs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pattern_glob_matches(globs[i], path))
			return true;
	return false;
}

bool own_path_is_for_developers(const char *path)
{
	return is_one_of(path, for_developers, ARRAY_SIZE(for_developers));
}

bool own_path_is_for_others(const char *path)
{
	return is_one_of(path, for_people, ARRAY_SIZE(for_people));
}

bool own_path_is_unneeded(const char *path)
{
	return own_path_is_for_others(path) || own_path_is_for_developers(path);
}

bool own_path_is_of_machine(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(of_machine); i++)
		if (strcmp(path, of_machine[i]) == 0)
			return true;
	return false;
}

/* The name of the directory that PATH is in, and its length: "bin" of /usr/bin/x. */
static size_t parent_name(const char *path, const char **out)
{
	const char *end = strrchr(path, '/');
	const char *start = end;

	while (start && start > path && start[-1] != '/')
		start--;
	*out = start;
	return start ? (size_t)(end - start) : 0;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

bool own_path_is_command(const char *path)
{
	const char *name;
	size_t length = parent_name(path, &name);

	return is_word(name, length, "bin") || is_word(name, length, "sbin") ||
	       is_word(name, length, "games");
}

const char *own_path_prefix(struct arena *arena, const char *path)
{
	static const char *const parts[] = { "bin",   "sbin",	"games",   "lib",  "lib32",
					     "lib64", "libx32", "libexec", "share" };
	const char *end = strrchr(path, '/');

	/* The first such part counts: /usr/lib/x/bin/y is in /usr, but for a tree of its own. */
	for (const char *at = path; at && at < end; at = strchr(at + 1, '/'))
		for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
			size_t length = strlen(parts[i]);

			if (strncmp(at + 1, parts[i], length) == 0 && at[1 + length] == '/')
				return at == path ? arena_strdup(arena, "/")
						  : arena_strndup(arena, path, (size_t)(at - path));
		}
	return path_dirname(arena, path);
}

const char *own_path_called(struct arena *arena, const char *path)
{
	const char *name = path_basename(path);
	const char *end = strstr(name, ".so");

	if (!end || strncmp(name, "lib", 3) != 0 || end == name + 3)
		return name;
	return arena_strndup(arena, name + 3, (size_t)(end - name - 3));
}

bool own_path_is_called(const char *name, const char *owner)
{
	size_t length = 0;

	if (strncasecmp(name, "lib", 3) == 0 && name[3])
		name += 3;
	if (strncasecmp(owner, "lib", 3) == 0 && owner[3])
		owner += 3;
	while (name[length] &&
	       tolower((unsigned char)name[length]) == tolower((unsigned char)owner[length]))
		length++;
	if (!name[length] && !owner[length])
		return length > 0;
	/* "ghostscript" of "gs" is not known by name; "vim" of "vim-runtime" and "vim90" is. */
	return length >= 3 && (!name[length] || !owner[length]);
}
