/* SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "needs/shell_words.h"

#include <errno.h>
#include <string.h>

/* MEANING: the words of the script /opt/x/bin/run: commands as they are, "=/x" programs, "./x" what
 * is read as a part of it ("?/x" in what is computed, "^/x" what begins so), "/x" paths, with a '/'
 * at the end where they are cut; "?N" at the end: N commands are unknown. */
static const struct {
	const char *script;
	const char *meaning;
} cases[] = {
	{ "", "" },
	{ "#!/bin/sh\n# /usr/x ls\n", "" },
	{ "ls -l", "ls" },
	{ "ls;cat|wc&true||sort&&uniq\ncut", "ls cat wc sort uniq cut" },
	{ "l\\s; 'c'at; \"wc\"; s\\\nort", "ls cat wc sort" },
	{ "ls # cat\ncut#x", "ls cut#x" },
	{ "echo ls; printf cat; : wc; [ -e x ]; test x; cd y; pwd", "" },
	{ "/usr/bin/x -v /usr/share/x", "=/usr/bin/x /usr/share/x" },
	{ "./x; ../y; bin/z", "?3" },
	/* quotes */
	{ "'a b' 'c'", "a b" },
	{ "echo 'ls; cat' \"wc; sort\" `cut` \"`head`\" \"$(tail)\"", "cut head tail" },
	{ "echo \"a\\\"; ls \\$(cat) \\`wc\\`\"", "" },
	{ "echo '$(ls)' \\$(", "" },
	{ "x=$'a\\'b'; ls", "ls" },
	/* assignments */
	{ "A=1 B=2 ls", "ls" },
	{ "A=1; B=$(ls)", "ls" },
	{ "x=ls; $x -l", "ls" },
	{ "x=ls; ${x} -l; \"$x\"", "ls ls" },
	{ "$x -l; x=ls", "ls" },
	{ "x=ls; x=cat; $x", "ls cat" },
	{ "x='ls -l /etc/x'; $x", "/etc/x ls /etc/x" },
	{ "$x", "?1" },
	{ "x=$1; $x", "?1" },
	{ "x=ls; x=$1; $x", "ls ?1" },
	{ "x=ls; x+=a; $x", "ls ?1" },
	{ "export x=ls y=cat; readonly z=wc; local w=cut; $x $y; $y; $z; $w", "ls cat wc cut" },
	{ "declare -r x=ls; typeset y=cat; $x; $y", "ls cat" },
	{ "read x; $x", "?1" },
	{ "x=(ls -l); \"${x[@]}\"", "ls" },
	{ "x=( ls # y\n 'cat' $(wc) ); ${x[0]}", "wc ls" },
	{ "x[1]=ls; y", "y" },
	{ "set -- ls -l; exec \"$@\"", "ls" },
	{ "set -e; $1", "?1" },
	/* defaults, and what is removed */
	{ "x=${x:-ls}; $x", "ls" },
	{ "${x-ls}; ${y:=cat}; $y; ${z:+wc}", "ls cat cat wc" },
	{ "x=a; ${x:-ls}", "a ls" },
	{ "${x:?not set}; ${#x}; ${x/a/b}; ${!x}; ${x:1:2}", "?5" },
	{ "x=ls.sh; ${x%.sh}; y=/a/b/c; ${y%/*}/z; ${y%%/b*}/z; ${y##*/}; ${y#/a}/z",
	  "ls /a/b/c =/a/b/z =/a/z c =/b/c/z" },
	{ "x=ls; ${x%$y}", "?1" },
	{ "echo \"${x:-\"$(ls)\"}\" ${y:-'}'} ${z:-\\}}; cat", "ls cat" },
	{ "X=${X:-/usr/share/default}", "/usr/share/default" },
	{ "ROOT=/usr/lib/erlang; exec \"$ROOT/bin/x\"", "/usr/lib/erlang =/usr/lib/erlang/bin/x" },
	{ "ROOT=/usr/lib/e\nBIN=$ROOT/bin\nexec $BIN/x ${1+\"$@\"}",
	  "/usr/lib/e /usr/lib/e/bin =/usr/lib/e/bin/x" },
	/* its own place */
	{ "exec \"$(dirname \"$0\")/y\"", "dirname =/opt/x/bin/y" },
	{ "D=`dirname $0`; $D/y", "dirname /opt/x/bin =/opt/x/bin/y" },
	{ "D=${0%/*}; . $D/../lib/y", "/opt/x/bin ./opt/x/bin/../lib/y" },
	{ "D=$(cd \"$(dirname \"$0\")/..\" >/dev/null 2>&1 && pwd -P); exec $D/y",
	  "dirname /opt/x /opt/x =/opt/x/bin/../y" },
	{ "$(dirname $(readlink -f \"$0\"))/y", "dirname readlink /opt/x/bin/run =/opt/x/bin/y" },
	{ "D=$(dirname \"${BASH_SOURCE[0]}\"); $D/y", "dirname /opt/x/bin =/opt/x/bin/y" },
	{ "$(basename $0)", "basename run" },
	{ "$(dirname $0 | sed s/x/y/)/y", "dirname sed ?1" },
	{ "x=$(which perl); $x y; $(command -v ls) -l", "which perl ls" },
	{ "$(uname)/x", "uname ?1" },
	/* compound commands */
	{ "if ls; then cat; elif wc; then cut; else sort; fi | head", "ls cat wc cut sort head" },
	{ "while ls; do cat; done; until wc; do cut; done", "ls cat wc cut" },
	{ "while read x; do ls; done < /etc/x", "ls /etc/x" },
	{ "for x in a b; do ls; done", "ls" },
	{ "for x in ls cat; do $x; done", "ls cat" },
	{ "for x in \"$@\"; do $x; done; for y do $y; done; for z\ndo cat; done", "cat ?2" },
	{ "for ((i = 0; i < 3; i++)); do ls; done", "ls" },
	{ "for x in $(ls); do cat; done", "ls cat" },
	{ "case x in a) ls;; b|c) cat ;; (d) wc;; *) cut\nesac; sort", "ls cat wc cut sort" },
	{ "case $x in ls) ;; esac", "" },
	{ "case x in\n# y\n a | b )\n ls ;&\n c) cat;;& \n *) esac; wc", "ls cat wc" },
	{ "case x in x) case y in y) ls;; esac; cat;; esac; wc", "ls cat wc" },
	{ "$(case x in a) ls;; b) cat; esac); wc", "ls cat wc ?1" },
	{ "(ls; (cat)); { wc; }", "ls cat wc" },
	{ "! ls; time -p cat; time wc", "ls cat wc" },
	{ "if [ -x /usr/bin/x ]; then :; fi", "/usr/bin/x" },
	{ "[[ $x == (a|b) && -e /etc/x || $y < z ]] && ls", "/etc/x ls" },
	{ "(( x = 1 < 2 )); y=$(( 1 + (2) )); ls", "ls" },
	{ "if true; then echo if; fi; ls then", "ls" },
	/* functions */
	{ "f() { ls; }; f; g", "ls g" },
	{ "f; f () ( ls )", "ls" },
	{ "function f { ls; }; function g() { cat; }; f; g", "ls cat" },
	{ "f()\n{\n ls\n}\nx=f; $x", "ls" },
	/* redirections */
	{ "ls >/etc/a 2>>/etc/b </etc/c 3<>/etc/d 2>&1 >&- &>/etc/e", "ls /etc/c /etc/d" },
	{ ">/etc/a ls; 2>&1 cat; 2>x>y wc", "ls cat wc" },
	{ "cat <<< /etc/x; ls", "cat /etc/x ls" },
	{ "ls < <(cat); diff <(wc) >(cut)", "ls cat diff wc cut" },
	{ "ls>|x; cat>y&wc", "ls cat wc" },
	/* here-documents */
	{ "cat <<E\nls\n$(wc) `cut` /etc/x\nE\nsort", "cat wc cut sort" },
	{ "cat <<'E'\n$(ls)\nE\nwc", "cat wc" },
	{ "cat <<\\E; ls\n$(wc)\nE\ncut", "cat ls cut" },
	{ "cat <<-E | wc\n\tls\n\tE\ncut", "cat wc cut" },
	{ "cat <<A <<B\n$(ls)\nA\n$(wc)\nB\ncut", "cat ls wc cut" },
	{ "x=$(cat <<E\nls)\nE\n); wc", "cat wc" },
	{ "cat <<E\nls", "cat" },
	{ "cat <<\"E F\"\nls\nE F\nwc", "cat wc" },
	/* commands that run others */
	{ "exec ls; exec -a x cat; exec >/dev/null", "ls cat" },
	{ "command ls; command -p cat; command -v wc", "ls cat" },
	{ "ls() { command ls; }; ls", "" },
	{ "env -i -u X A=1 ls; env ls", "env ls env ls" },
	{ "nice -n 5 ls; nohup cat &", "nice ls nohup cat" },
	{ "sudo -u x ls; timeout -k 1 5 cat; xargs -n 1 -I {} wc", "sudo ls timeout cat xargs wc" },
	{ "nice nohup ls", "nice nohup ls" },
	{ "find . -name x -exec ls {} \\; -o -exec cat {} +", "find ls cat" },
	{ "sh -c 'ls; cat'; bash -ec \"wc\" x; sh x", "sh ls cat bash wc sh" },
	{ "eval ls; eval \"cat; wc\"; eval cut -x", "ls cat wc cut" },
	{ "eval $x; eval \"$x ls\"", "?2" },
	{ "trap 'ls; cat' EXIT; trap - INT; trap '' HUP", "ls cat" },
	/* parts */
	{ ". $x/y; . \"$(z)/lib/$x/part/y.sh\"; . $x/", "?/y z ?/part/y.sh ?3" },
	{ "D=/usr/lib/x; . $D/part_$y; . $D/$y; . $D/$y.sh",
	  "/usr/lib/x /usr/lib/x/ ^/usr/lib/x/part_ /usr/lib/x/ /usr/lib/x/ ?3" },
	{ "L='/a/x /b/y'; for i in $L; do D=$i; done; . $D/z",
	  "/a/x /b/y /a/x /b/y /a/x /b/y ./a/x/z ./b/y/z" },
	{ "L='/a/x /b/y'; for i in \"$L\"; do $i/z; done", "/a/x /b/y /a/x /b/y =/a/x /b/y/z" },
	{ ". /usr/lib/x/f.sh; source /usr/lib/y; . $x; . ./y", "./usr/lib/x/f.sh ./usr/lib/y ?2" },
	{ ". /usr/lib/$x/y", "/usr/lib/ ?/y ?1" },
	/* paths */
	{ "ls /usr/share/x/*.conf /usr/share/y/$z \"/usr/share/z\"*",
	  "ls /usr/share/x/ /usr/share/y/ /usr/share/" },
	{ "x --data=/usr/share/x -I/usr/include:/opt/x", "x /usr/share/x /usr/include /opt/x" },
	{ "A=/usr/a:/usr/b ls", "/usr/a /usr/b ls" },
	{ "cp /usr/{a,b} ~/x $HOME/y", "cp /usr/" },
	{ "sed -e 's/a/b/' -e \"s,^/x,/y,\"", "sed /y" },
	{ "echo see /usr/share/doc; echo \"see /usr/share/doc\"", "/usr/share/doc" },
	{ "/usr/lib/$x/run", "/usr/lib/ ?1" },
	/* what is no shell script, or a broken one */
	{ "ls )", "ls" },
	{ "$(ls", "ls ?1" },
	{ "echo \"ls", "" },
	{ "case x in", "" },
	{ "f( x", "f x" },
	{ "fi; done; }; esac; ls", "ls" },
	{ "x=", "" },
};

static int describe(void *data, const struct shell_word *word)
{
	static const char *const marks[] = {
		[SHELL_WORD_COMMAND] = "",	  [SHELL_WORD_PROGRAM] = "=",
		[SHELL_WORD_SOURCE] = ".",	  [SHELL_WORD_SOURCE_BELOW] = "?",
		[SHELL_WORD_SOURCE_BEGINS] = "^", [SHELL_WORD_PATH] = "",
	};
	struct buffer *out = data;

	buffer_printf(out, "%s%s%s%s", out->size > 0 ? " " : "", marks[word->kind], word->text,
		      word->cut ? "/" : "");
	return 0;
}

TEST_EACH(commands_of_a_script_are_read, ARRAY_SIZE(cases))
{
	CLEANUP(buffer) struct buffer out = { 0 };
	const struct shell_script script = {
		.text = cases[_i].script,
		.size = strlen(cases[_i].script),
		.path = "/opt/x/bin/run",
	};
	struct shell_summary summary;

	ck_assert_int_eq(shell_words_read(&script, describe, &out, &summary), 0);
	if (summary.n_unknown > 0)
		buffer_printf(&out, "%s?%u", out.size > 0 ? " " : "", summary.n_unknown);
	ck_assert_msg(strcmp(out.bytes ? out.bytes : "", cases[_i].meaning) == 0, "%s: %s, not %s",
		      cases[_i].script, out.bytes, cases[_i].meaning);
	ck_assert(!summary.incomplete);
}

static int add_line(void *data, const struct shell_word *word)
{
	buffer_printf(data, "%s:%u ", word->text, word->line);
	return 0;
}

TEST(each_command_has_its_line)
{
	static const char text[] = "#!/bin/sh\nls\ncat <<E\nx\n$(wc)\nE\ncut 'a\nb' \\\n c\nsort\n"
				   "case x in\na)\n head;;\nesac\ntail\n";
	CLEANUP(buffer) struct buffer out = { 0 };
	const struct shell_script script = { .text = text, .size = sizeof(text) - 1 };
	struct shell_summary summary;

	ck_assert_int_eq(shell_words_read(&script, add_line, &out, &summary), 0);
	ck_assert_str_eq(out.bytes, "ls:2 cat:3 wc:5 cut:7 sort:10 head:13 tail:15 ");
}

static int refuse(void *data, const struct shell_word *word)
{
	return -EPERM;
}

TEST(forwards_an_error)
{
	const struct shell_script script = { .text = "x=$(ls); cat", .size = 12 };
	struct shell_summary summary;

	ck_assert_int_eq(shell_words_read(&script, refuse, NULL, &summary), -EPERM);
}

TEST(without_its_own_place)
{
	const struct shell_script script = { .text = "$0; ${0%/*}/x", .size = 13 };
	struct shell_summary summary;

	ck_assert_int_eq(shell_words_read(&script, refuse, NULL, &summary), 0);
	ck_assert_uint_eq(summary.n_unknown, 2);
}

static int ignore(void *data, const struct shell_word *word)
{
	return 0;
}

/* Pieces that a file is made of to keep a reader busy. */
static const char *const pieces[] = {
	"$(",  "`",	      "${x:-",	 "\"$(",    "(",	"{",  "case x in x) ",
	"[[ ", "f() { ",      "<<E",	 "<(",	    "'",	"\"", "if ",
	"((",  "\\",	      "eval x;", "x=a;",    "$x",	"a ", "?(",
	"x=(", "for x in ",   "|",	 "x=$x$x;", "${x%*a*}", "{a", "$",
	"@",   "find -exec ", "exec ",	 "sh -c '", "trap x;",	"\n", "\1\2\3",
};

TEST_EACH(takes_no_time_on_any_text, ARRAY_SIZE(pieces))
{
	enum { SIZE = 100000 };
	CLEANUP(buffer) struct buffer text = { 0 };
	struct shell_script script = { .path = "/opt/x/bin/run" };
	struct shell_summary summary;

	buffer_add_string(&text, "x=aaaaaaaa; ");
	while (text.size < SIZE)
		buffer_add_string(&text, pieces[_i]);
	script.text = text.bytes;
	script.size = text.size;
	ck_assert_int_eq(shell_words_read(&script, ignore, NULL, &summary), 0);
}

SUITE(shell_words, NULL, NULL);
