/* SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "needs/path_strings.h"

#include <string.h>

/* MEANING: the candidates: absolute as they are, "+x" below a prefix, "@x" from the program's
 * directory; a '/' at the end where it is cut. */
static const struct {
	const char *text;
	const char *meaning;
} cases[] = {
	{ "", "" },
	{ "/usr/share/foo", "/usr/share/foo" },
	{ "/usr/share/foo/", "/usr/share/foo/" },
	{ "/usr//share/./foo/../bar", "/usr/share/bar" },
	{ "/../usr/x", "/usr/x" },
	{ "/opt/a b", "/opt/a" },
	{ "/opt/My Program/data", "/opt/My Program/data /opt/My" },
	{ "/usr/share/foo\n", "/usr/share/foo" },
	{ "/usr/share/caf\303\251", "/usr/share/caf\303\251" },
	{ "/usr/lib/libstdc++.so.6", "/usr/lib/libstdc++.so.6" },
	{ "/var/lib/a,v", "/var/lib/a,v" },
	{ "/dev/null", "/dev/null" },
	{ "/.config/x", "/.config/x" },
	/* composed: the deepest directory that is constant */
	{ "/usr/share/%s/x", "/usr/share/" },
	{ "/usr/share/foo/%s.conf", "/usr/share/foo/" },
	{ "/usr/share/foo-%s/x", "/usr/share/" },
	{ "/usr/share/foo/%02d.dat", "/usr/share/foo/" },
	{ "/usr/lib/x/%1$s/%2$s", "/usr/lib/x/" },
	{ "/usr/share/x/$LANG/y", "/usr/share/x/" },
	{ "/usr/share/x/${LANG:-C}/y", "/usr/share/x/" },
	{ "/usr/share/x/$(uname)/y", "/usr/share/x/" },
	{ "/usr/share/x/{}/y", "/usr/share/x/" },
	{ "/usr/share/x/{a,b}", "/usr/share/x/" },
	{ "/usr/share/x/@LANG@/y", "/usr/share/x/" },
	{ "/usr/share/x/<lang>/y", "/usr/share/x/" },
	{ "/usr/share/x/%(lang)s/y", "/usr/share/x/" },
	{ "/usr/share/x/*.conf", "/usr/share/x/" },
	{ "/usr/share/x/[a-z].conf", "/usr/share/x/" },
	{ "/usr/share/lua/5.4/?.lua;./?.lua", "/usr/share/lua/5.4/" },
	{ "/%s", "" },
	{ "/%s/share", "" },
	/* below a prefix */
	{ "%s/share/foo", "+share/foo" },
	{ "%s/share/foo/%s", "+share/foo/" },
	{ "%sshare/foo", "+share/foo" },
	{ "%ls/foo.dat", "+foo.dat" },
	{ "$prefix/share/foo", "+share/foo" },
	{ "${datadir}/foo/x", "+foo/x" },
	{ "@prefix@/share/foo", "+share/foo" },
	/* printable bytes of a table before a string */
	{ "R@/etc/papersize", "/etc/papersize" },
	{ "user@/etc/foo", "" },
	{ "%s/usr/share/foo", "+usr/share/foo /usr/share/foo" },
	{ "%s/etc/foo.conf", "+etc/foo.conf /etc/foo.conf" },
	{ "/share/foo", "/share/foo +share/foo" },
	{ "/lib/foo/%s.so", "/lib/foo/ +lib/foo/" },
	{ "share/foo", "+share/foo" },
	{ "lib/foo/bar", "+lib/foo/bar" },
	{ "see share/foo", "" },
	{ "lib/foo.c", "" },
	{ "lib", "" },
	/* from the program's own directory */
	{ "../share/foo", "@../share/foo" },
	{ "../lib/./foo/%s.so", "@../lib/foo/" },
	{ "../../share/foo", "@../../share/foo" },
	{ "%s/../share/foo", "@../share/foo" },
	{ "$ORIGIN/../lib/foo", "@../lib/foo" },
	{ "${ORIGIN}/plugins/", "@plugins/" },
	{ "@executable_path/../Resources/x", "@../Resources/x" },
	{ "@loader_path/x", "@x" },
	{ "..", "" },
	{ "../", "" },
	{ "../..", "" },
	{ "../%s", "" },
	{ "../src/main.c", "" },
	{ "/usr/lib/go/src/net/http/server.go", "" },
	{ "/build/x/main.c", "" },
	{ "../sysdeps/x86_64/cacheinfo.h", "" },
	{ "../a/../../b", "" },
	/* several */
	{ "/a/b:/c/d", "/a/b /c/d" },
	{ "/a/b;/c/d", "/a/b /c/d" },
	{ "/a/b,/c/d", "/a/b /c/d" },
	{ "/a/b /c/d", "/a/b /c/d" },
	{ "PATH=/usr/bin:/bin", "/usr/bin /bin" },
	{ "-I/usr/lib/x", "/usr/lib/x" },
	{ "-Wl,-rpath,/usr/lib/x", "/usr/lib/x" },
	{ "--config=/etc/x.conf", "/etc/x.conf" },
	{ "cc -I/usr/lib/x -L /usr/lib/y", "/usr/lib/x /usr/lib/y" },
	{ "unix:/run/x.sock", "/run/x.sock" },
	{ "file:///usr/share/x", "/usr/share/x" },
	{ "'/usr/x' and \"/usr/y\".", "/usr/x /usr/y" },
	{ "cannot open /etc/x.conf.", "/etc/x.conf" },
	{ "cannot open /etc/x.conf: %s", "/etc/x.conf" },
	{ "(see /usr/share/doc/x)", "/usr/share/doc/x" },
	{ "is there /etc/x?", "/etc/x" },
	{ "%s: /etc/x...\n", "/etc/x" },
	{ "/usr/lib/x/..", "/usr/lib" },
	{ "  /usr/x  ", "/usr/x" },
	{ "[ -e /etc/x ] && . /etc/x", "/etc/x /etc/x" },
	/* no paths */
	{ "/", "" },
	{ "//", "" },
	{ "// a comment", "" },
	{ "/* a comment */", "" },
	{ "a/b", "" },
	{ "and/or", "" },
	{ "text/plain", "" },
	{ "application/x-foo; charset=utf-8", "" },
	{ "http://example.org/usr/share/x", "" },
	{ "http://%s:%d/usr/share/x see /etc/x", "/etc/x" },
	{ "<a href=\"https://x.org/a/b\">/usr/x</a>", "/usr/x" },
	{ "%d/%m/%Y", "" },
	{ "%Y/%m/%d", "" },
	{ "%s/%s", "" },
	{ "%d/share/x", "" },
	{ "^/usr/share/.*$", "" },
	{ "/usr/share/x\\.y", "" },
	{ "/usr/.../x", "" },
	{ "~/.foo/bar", "" },
	{ "$HOME/.foo/bar", "" },
	{ "${HOME}/share/foo", "" },
	{ "s/a/b/", "" },
	{ "</body></html>", "" },
	{ "<br/>", "" },
	{ " / ", "" },
	{ "1/2", "" },
	{ "100%/s", "" },
};

static int describe(void *data, const struct path_string *candidate)
{
	static const char *const marks[] = { "", "+", "@" };
	struct buffer *out = data;

	buffer_printf(out, "%s%s%s%s", out->size > 0 ? " " : "", marks[candidate->kind],
		      candidate->path, candidate->cut ? "/" : "");
	return 0;
}

TEST_EACH(paths_are_found_in_texts, ARRAY_SIZE(cases))
{
	CLEANUP(buffer) struct buffer out = { 0 };

	ck_assert_int_eq(path_strings_visit(cases[_i].text, describe, &out), 0);
	ck_assert_msg(strcmp(out.bytes ? out.bytes : "", cases[_i].meaning) == 0, "%s: %s, not %s",
		      cases[_i].text, out.bytes, cases[_i].meaning);
}

static int count_to_two(void *data, const struct path_string *candidate)
{
	int *count = data;

	return ++*count == 2 ? 7 : 0;
}

TEST(visitor_ends_it)
{
	int count = 0;

	ck_assert_int_eq(path_strings_visit("/a/a /b/b /c/c", count_to_two, &count), 7);
	ck_assert_int_eq(count, 2);
}

TEST(long_texts_have_few_paths)
{
	static char text[40000];
	CLEANUP(buffer) struct buffer out = { 0 };

	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "/usr/", 5);
	ck_assert_int_eq(path_strings_visit(text, describe, &out), 0);
	ck_assert_uint_eq(out.size, 0);
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = "/ab "[i % 4];
	ck_assert_int_eq(path_strings_visit(text, describe, &out), 0);
	ck_assert_uint_eq(out.size, 64 * strlen("/ab ") - 1);
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = "../"[i % 3];
	ck_assert_int_eq(path_strings_visit(text, describe, &out), 0);
}

SUITE(path_strings, NULL, NULL);
