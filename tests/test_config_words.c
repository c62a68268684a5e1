/* SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "needs/config_words.h"

#include <errno.h>
#include <string.h>

/* MEANING: paths as they are (with a '/' at the end where they are cut), "~x" relative ones, "%x"
 * modules, "u:x" users, "g:x" groups, "|x" commands; "*" before what is a glob, "+" before what is
 * included. */
static const struct {
	const char *text;
	const char *meaning;
} cases[] = {
	{ "", "" },
	{ "\n\n", "" },
	{ "plain words\n", "" },
	/* comments */
	{ "# /usr/x\n; /usr/y\n// /usr/z\n/* /usr/a\n /usr/b */ /usr/c\n-- /usr/d\n", "/usr/c" },
	{ "x /usr/a <!-- /usr/b\n--> /usr/c\n", "/usr/a /usr/c" },
	{ "x /usr/a # /usr/b\n", "/usr/a" },
	{ "x /usr/a; // /usr/b\n", "/usr/a" },
	{ "x \"/usr/a # b\"\n", "/usr/a # b /usr/a" },
	{ "color #fff /usr/x\n", "" },
	/* paths */
	{ "/usr/share/x\n", "/usr/share/x" },
	{ "x /usr/share/x\n", "/usr/share/x" },
	{ "x=/usr/share/x\n", "/usr/share/x" },
	{ "x = /usr/share/x\n", "/usr/share/x" },
	{ "x: /usr/share/x\n", "/usr/share/x" },
	{ "x:/usr/share/x\n", "/usr/share/x" },
	{ "x := /usr/share/x\n", "/usr/share/x" },
	{ "{\"x\":\"/usr/share/x\",\"y\":[\"/usr/share/y\", \"/usr/share/z\"]}\n",
	  "/usr/share/x /usr/share/y /usr/share/z" },
	{ "x '/usr/share/x';\n", "/usr/share/x" },
	{ "<x>/usr/share/x</x>\n", "/usr/share/x" },
	{ "<x y=\"/usr/share/y\">/usr/share/x</x>\n", "/usr/share/y /usr/share/x" },
	{ "x /a/b, /a/c; y (/a/d);\n", "/a/b /a/c /a/d" },
	{ "x=/a/b:/a/c\n", "/a/b /a/c" },
	{ "See /usr/share/x.\n", "/usr/share/x" },
	{ "listen unix:/run/x.sock;\n", "/run/x.sock" },
	{ "ExecStart=-/usr/bin/x --conf=/etc/y -f /etc/z\n", "/usr/bin/x /etc/y /etc/z" },
	{ "mail.* -/var/log/mail\n", "/var/log/mail" },
	{ "x \"|/usr/bin/x /var/y\"\n", "/usr/bin/x /var/y" },
	{ "x file:///usr/share/x\n", "/usr/share/x" },
	{ "x http://example.org/usr/share/x\n", "" },
	{ "x /usr/share/%h/y ${z}/a /usr/lib/$q\n", "/usr/share/ /usr/lib/" },
	{ "x \"/opt/My Program/y\"\n", "/opt/My Program/y /opt/My ~Program/y" },
	{ "x \\\n /usr/share/x\n", "/usr/share/x" },
	{ "don't /usr/share/x\n", "/usr/share/x" },
	{ "x \"/usr/share/x\n/usr/y\n", "/usr/share/x /usr/y" },
	{ "10.0.0.1 1.0 a/ b.\n", "" },
	/* commands */
	{ "| formail -I \"X: y\"\n|cat\n", "|formail |cat" },
	{ "x: \"|formail -s\"\nx \"| cat\"\n", "|formail |cat" },
	{ "pipe_command = cat data && sort -u | gzip -c\n", "|cat |sort |gzip" },
	{ "hook.exec: \"tar c | gzip\"\n", "|tar |gzip" },
	{ "command_timeout 5\nrecommand x\ncommand = 'a=b c'\n", "" },
	{ "x: |\n  info\nx = debug | info\n||\n| |\n", "" },
	/* relative ones, and includes */
	{ "include mime.types;\n", "+~mime.types" },
	{ "include conf.d/*.conf;\n", "+*~conf.d/*.conf" },
	{ "include fastcgi_params;\n", "+~fastcgi_params" },
	{ "Include /etc/x/*.conf\nIncludeOptional \"y/*.load\"\n", "+*/etc/x/*.conf +*~y/*.load" },
	{ "#includedir /etc/x.d\n@includedir /etc/y.d\n#includes /etc/z\n", "+/etc/x.d +/etc/y.d" },
	{ "include \"x.conf\", \"y\"\n", "+~x.conf +~y" },
	{ "include_dir = 'conf.d'\n", "+~conf.d" },
	{ "<include ignore_missing=\"yes\">session.d</include>\n<includedir>x</includedir>\n",
	  "~session.d +~x" },
	{ "TypesConfig conf/mime.types\n", "~conf/mime.types" },
	{ "hosts www.example.org\n", "~www.example.org" },
	{ "default_type text/plain;\n", "~text/plain" },
	{ "/etc/x/[0-9]*.conf\n", "*/etc/x/[0-9]*.conf" },
	/* modules */
	{ "LoadModule x_module modules/mod_x.so\n", "%modules/mod_x.so" },
	{ "LoadModule x_module /usr/lib/x/mod_x.so\n", "/usr/lib/x/mod_x.so %/usr/lib/x/mod_x.so" },
	{ "load_module modules/x.so;\n", "%modules/x.so" },
	{ "$ModLoad imtcp\nmoduleload: imudp\nmodule(load=\"imfile\" mode=\"x\")\n",
	  "%imtcp %imudp %imfile" },
	{ "LoadPlugin cpu\n<Plugin cpu>\n", "%cpu %cpu" },
	{ "shared_preload_libraries = 'pg_a, pg_b'\n", "%pg_a %pg_b" },
	{ "extension=mysqli\nzend_extension = opcache.so\n", "%mysqli %opcache.so" },
	{ "server.modules = (\"mod_access\", \"mod_alias\")\n", "%mod_access %mod_alias" },
	{ "x libfoo.so.1\n", "%libfoo.so.1" },
	{ "module on\n", "" },
	/* accounts */
	{ "User www-data\nGroup www-data\n", "u:www-data g:www-data" },
	{ "user nginx nginx;\n", "u:nginx g:nginx" },
	{ "user nginx; worker_processes 1;\n", "u:nginx" },
	{ "User=www-data\nGroup = _x\n", "u:www-data g:_x" },
	{ "user: redis\n\"group\": \"redis\"\n", "u:redis g:redis" },
	{ "<user>messagebus</user>\n", "u:messagebus" },
	{ "listen.owner = www-data\nlisten.group = www-data\nmail_owner = postfix\n"
	  "setgid_group = postdrop\n",
	  "u:www-data g:www-data u:postfix g:postdrop" },
	{ "exec x --user nobody --group nogroup\nexec y --user=nobody\n",
	  "|x u:nobody g:nogroup |y u:nobody" },
	{ "user = x:y\n", "u:x g:y" },
	{ "server.username = \"www-data\"\n", "u:www-data" },
	{ "superuser = x\nuserlist y\nuser 10\nuser=$x\n", "" },
	{ "user computer$\n", "u:computer$" },
	{ "user = x y\n", "u:x" },
};

static int describe(void *data, const struct config_word *word)
{
	static const char *const marks[] = { "", "~", "%", "u:", "g:", "|" };
	struct buffer *out = data;

	buffer_printf(out, "%s%s%s%s%s%s", out->size > 0 ? " " : "", word->included ? "+" : "",
		      word->glob ? "*" : "", marks[word->kind], word->text, word->cut ? "/" : "");
	return 0;
}

TEST_EACH(words_are_read_with_their_kinds, ARRAY_SIZE(cases))
{
	CLEANUP(buffer) struct buffer out = { 0 };
	const char *text = cases[_i].text;

	ck_assert_int_eq(config_words_read(text, strlen(text), describe, &out), 0);
	ck_assert_msg(strcmp(out.bytes ? out.bytes : "", cases[_i].meaning) == 0, "%s: %s, not %s",
		      text, out.bytes, cases[_i].meaning);
}

static int add_line(void *data, const struct config_word *word)
{
	buffer_printf(data, "%s:%u ", word->text, word->line);
	return 0;
}

TEST(each_word_has_its_line)
{
	static const char text[] = "/a/a\n# x\n/a/b\n/* x\n y */\n/a/c \\\n/a/d\n";
	CLEANUP(buffer) struct buffer out = { 0 };

	ck_assert_int_eq(config_words_read(text, sizeof(text) - 1, add_line, &out), 0);
	ck_assert_str_eq(out.bytes, "/a/a:1 /a/b:3 /a/c:6 /a/d:7 ");
}

static int refuse(void *data, const struct config_word *word)
{
	return -EPERM;
}

TEST(forwards_an_error)
{
	ck_assert_int_eq(config_words_read("/a/b\n", 5, refuse, NULL), -EPERM);
}

TEST(refuses_what_is_no_text)
{
	ck_assert_int_eq(config_words_read("/a/b\0", 5, refuse, NULL), CONFIG_WORDS_BINARY);
	ck_assert_int_eq(config_words_read("/a/b\1\n", 6, refuse, NULL), CONFIG_WORDS_BINARY);
}

static int ignore(void *data, const struct config_word *word)
{
	return 0;
}

TEST(takes_no_time_on_any_text)
{
	static const char *const pieces[] = { "<!--", "\"", "'",   "/*",   "//",  "/a ",
					      "a:",   "\\", "x=(", "*/a[", "{",	  "<a",
					      "--",   "a/", ":/",  "/*\"", "x.so" };
	enum { SIZE = 1 << 20 };
	CLEANUP(buffer) struct buffer text = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		text.size = 0;
		while (text.size < SIZE)
			buffer_add_string(&text, pieces[i]);
		ck_assert_int_eq(config_words_read(text.bytes, text.size, ignore, NULL), 0);
	}
}

SUITE(config_words, NULL, NULL);
