#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What programs need behind DT_NEEDED: which needs are followed, how their absence is told, where their
# paths come from, and that what comes is resolved as all else is.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need cc
need_root

# A small target of its own: the C library of this system, and what the tests put there.
target=$WORK/target
mkdir -p "$target/etc" "$target/bin"
compile "$WORK/any" 'int main(void) { return 0; }'
copy_libc() {
	local path
	mkrootfs --bare --dlopen none --list "$1" | while read -r path; do
		[ ! -L "$path" ] || { mkdir -p "$target$(dirname "$path")" && cp -P "$path" "$target$path"; }
		[ ! -f "$path" ] || [ -L "$path" ] || cp --parents "$path" "$target"
		[ ! -d "$path" ] || [ -L "$path" ] || mkdir -p "$target$path"
	done
}
copy_libc "$WORK/any"
rm -rf "$target/tmp"
libraries=$(dirname "$(cd "$target" && find . -name libc.so.6 | head -n 1 | cut -c 2-)")

# library NAME SOURCE [FLAG...]: a library of the target's, in its default directory.
library() {
	compile "$target$libraries/$1" "$2" -shared -fPIC "-Wl,-soname,$1" "${@:3}"
}

# program NAME SOURCE [FLAG...]
program() {
	compile "$target/bin/$1" "${@:2}"
}

of_target() {
	mkrootfs --sysroot "$target" "$@"
}

has() {
	grep -qxF -e "$1" "$WORK/list" || { cat "$WORK/list"; return 1; }
}

# lists PATH COMMAND...: whether PATH is among what it prints.
lists() {
	local path=$1
	shift
	"$@" >"$WORK/list" && has "$path"
}

lists_not() {
	local path=$1
	shift
	"$@" >"$WORK/list" && not has "$path" >/dev/null
}

compile "$WORK/looks" '#include <netdb.h>
int main(void) { struct addrinfo *found; return getaddrinfo("localhost", 0, 0, &found); }'

#
# Required: libgcc_s.
#
program cancels '#include <pthread.h>
int main(void) { return pthread_cancel(pthread_self()); }' -pthread
rm -f "$target$libraries"/libgcc_s.so.1
check "required and missing: status 3" status 3 of_target /bin/cancels --list
check "and it is told, with who needs it" \
	says "libgcc_s.so.1: not found; /bin/cancels imports pthread_cancel" of_target /bin/cancels --list
nothing_is_written() {
	of_target /bin/cancels -o "$WORK/x.tar" 2>/dev/null
	[ ! -e "$WORK/x.tar" ]
}
check "nothing is written then" nothing_is_written
check "--without goes on without it" status 0 of_target /bin/cancels --list --without unwind
check "--dlopen none too" status 0 of_target /bin/cancels --list --dlopen none
check "--allow-missing too" status 0 of_target /bin/cancels --list --allow-missing 'libgcc*'
library libgcc_s.so.1 'int unwinder;'
check "where it is, it comes" lists "$libraries/libgcc_s.so.1" of_target /bin/cancels --list
check "with --bare too" lists "$libraries/libgcc_s.so.1" of_target /bin/cancels --list --bare
why_says() {
	of_target /bin/cancels --why libgcc_s.so.1 | grep -q "unwind (required): .*; /bin/cancels imports pthread_cancel"
}
check "--why tells the chain" why_says
check "--why of what is not there: status 1" status 1 of_target /bin/cancels --why libz.so.1

#
# Levels, by a library whose strings say where things are: not one of these paths is known to mkrootfs.
#
library libcrypto.so.3 '
const char *const strings[] = { "OPENSSLDIR: \"/opt/tls\"", "MODULESDIR: \"/opt/tls/modules\"",
	"/opt/tls/certs", "/opt/tls/cert.pem", "/opt/tls/engines-3" };
int crypto(void) { return 0; }'
program client 'int crypto(void); int main(void) { return crypto(); }' -L"$target$libraries" -l:libcrypto.so.3
check "recommended and missing: a warning" \
	says "warning: certs: nothing was found; .*libcrypto.so.3 is loaded" of_target /bin/client --list
check "and status 0" status 0 of_target /bin/client --list
check "asked for by name and missing: status 3" status 3 of_target /bin/client --list --with certs
mkdir -p "$target/opt/tls/certs" "$target/opt/tls/modules" "$target/opt/tls/engines-3" "$target/etc/tls"
echo bundle >"$target/etc/tls/bundle"
ln -s /etc/tls/bundle "$target/opt/tls/certs/ca-certificates.crt"
echo cnf >"$target/etc/tls/cnf"
ln -s ../../etc/tls/cnf "$target/opt/tls/openssl.cnf"
library libpkcs.so.1 'int pkcs;'
compile "$target/opt/tls/modules/legacy.so" 'int legacy;' -shared -fPIC
compile "$target/opt/tls/engines-3/token.so" 'extern int pkcs; int *token = &pkcs;' -shared -fPIC -L"$target$libraries" -l:libpkcs.so.1
check "a bundle behind a link" lists /etc/tls/bundle of_target /bin/client --list
check "the link that OpenSSL looks for by default is made" lists /opt/tls/cert.pem of_target /bin/client --list
check "its configuration" lists /etc/tls/cnf of_target /bin/client --list
check "its legacy provider" lists /opt/tls/modules/legacy.so of_target /bin/client --list
check "what is suggested stays out" lists_not /opt/tls/engines-3/token.so of_target /bin/client --list
check "-v tells that it does" says "--with openssl brings more" of_target -v /bin/client --list
check "-v tells of needs that are left out" says "idn: suggested, left out; .*; --with idn brings it" \
	mkrootfs -v "$WORK/looks" --list
check "--dlopen suggested brings it" \
	lists /opt/tls/engines-3/token.so of_target /bin/client --list --dlopen suggested
check "with its own libraries" has "$libraries/libpkcs.so.1"
check "--with brings it too" lists /opt/tls/engines-3/token.so of_target /bin/client --list --with openssl
check "--without keeps it out" \
	lists_not /opt/tls/modules/legacy.so of_target /bin/client --list --dlopen suggested --without openssl
rm "$target$libraries/libpkcs.so.1"
check "a plugin whose library is missing is left out" \
	lists_not /opt/tls/engines-3/token.so of_target /bin/client --list --dlopen suggested
check "an unknown need is an error" status 2 of_target /bin/client --list --with certificates
check "an unknown level too" status 2 of_target /bin/client --list --dlopen some

#
# Programs in what comes: those that do not load here are left out.
#
library libperl.so.5.36 'const char *const strings[] = { "/usr/share/perl/5.36" };
int perl_construct(void) { return 0; }'
program perl 'int perl_construct(void); int main(void) { return perl_construct(); }' -L"$target$libraries" -l:libperl.so.5.36
perl=$target/usr/share/perl/5.36
mkdir -p "$perl"
echo >"$perl/strict.pm"
library libgone.so.1 'int gone(void) { return 0; }'
compile "$perl/counts" 'int gone(void); int main(void) { return gone(); }' -L"$target$libraries" -l:libgone.so.1
compile "$perl/other" 'int main(void) { return 0; }' -Wl,--dynamic-linker=/lib/ld-other.so.1
check "a program in a tree comes" lists /usr/share/perl/5.36/counts of_target /bin/perl --list
check "with its library" has "$libraries/libgone.so.1"
mv "$target$libraries/libgone.so.1" "$WORK/libgone.so.1"
check "one whose library is missing is left out" lists_not /usr/share/perl/5.36/counts of_target /bin/perl --list
check "the rest of the tree comes" has /usr/share/perl/5.36/strict.pm
check "one whose loader is missing is left out" lists_not /usr/share/perl/5.36/other of_target /bin/perl --list
check "-v tells why" says "5.36/other: its loader /lib/ld-other.so.1 is not found" of_target -v /bin/perl --list
cp "$perl/other" "$target/bin/other"
check "a program whose loader is missing is told once" \
	not says "null\|not found, needed by $" of_target /bin/other --list

# Scripts, too.
program scp 'const char *const strings[] = { "/usr/bin/ssh" }; int main(int n, char **v) { return strings[n] != 0; }'
program sshd 'const char *const strings[] = { "/usr/bin/sshd-session" }; int main(int n, char **v) { return strings[n] != 0; }'
mkdir -p "$target/usr/bin"
echo '#!/bin/nothing' >"$target/usr/bin/ssh"
cp "$target/usr/bin/ssh" "$target/usr/bin/sshd-session"
chmod 755 "$target/usr/bin/ssh" "$target/usr/bin/sshd-session"
check "a helper script whose interpreter is missing is no error" of_target /bin/scp --list
check "it is left out" lists_not /usr/bin/ssh of_target /bin/scp --list
check "and a warning names it" says "warning: /usr/bin/ssh: its interpreter /bin/nothing is not found" \
	of_target /bin/scp --list
check "where it is required, it is an error" status 3 of_target /bin/sshd --list
compile "$target/bin/nothing" 'int gone(void); int main(void) { return gone(); }' "$WORK/libgone.so.1"
check "one whose interpreter does not load is left out" lists_not /usr/bin/ssh of_target /bin/scp --list
check "the interpreter, too" lists_not /bin/nothing of_target /bin/scp --list
check "and that is told" says "warning: /usr/bin/ssh: /bin/nothing needs libgone.so.1, which is not found" \
	of_target /bin/scp --list
compile "$target/bin/nothing" 'int main(void) { return 0; }'
check "one that can be started comes" lists /usr/bin/ssh of_target /bin/scp --list
check "with its interpreter" has /bin/nothing

#
# What may not be read is told; only what is not there is left out in silence.
#
program speaks '#include <locale.h>
int main(void) { return !setlocale(LC_ALL, ""); }'
locales=$target/usr/lib/locale
mkdir -p "$locales/C.utf8"
echo >"$locales/C.utf8/LC_CTYPE"
check "a locale comes" lists /usr/lib/locale/C.utf8/LC_CTYPE of_target /bin/speaks --list
if command -v setpriv >/dev/null; then
	cp "$MKROOTFS" "$WORK/mkrootfs"
	chmod 755 "$WORK/mkrootfs"
	nobody_of_target() {
		setpriv --reuid=65534 --regid=65534 --clear-groups "$WORK/mkrootfs" --sysroot "$target" "$@"
	}
	chmod 600 "$locales/C.utf8/LC_CTYPE"
	check "a file that may not be read is left out" lists_not /usr/lib/locale/C.utf8/LC_CTYPE nobody_of_target /bin/speaks --list
	check "and named" says "warning: /usr/lib/locale/C.utf8/LC_CTYPE: it cannot be read; " nobody_of_target /bin/speaks --list
	chmod 700 "$locales"
	check "a directory that may not be looked into is named" \
		says "warning: /usr/lib/locale: cannot be looked into: what locale needs of it is left out" nobody_of_target /bin/speaks --list
	check "once" test "$(nobody_of_target /bin/speaks --list 2>&1 | grep -c 'looked into')" -eq 1
else
	skip "what may not be read" "no setpriv"
fi
rm -r "$locales"
ln -s locale "$locales"
# What is behind a circle of links may be what somebody means: it is not taken for absent.
check "links in a circle are warned of" \
	says 'locale/C.UTF-8: leads round in a circle of links: what locale needs' of_target /bin/speaks --list
check "and fail nothing" of_target /bin/speaks --list
rm "$locales"

#
# Values.
#
for wish in tz=Mars/Phobos tz=Mars/Phobos,tz=UTC locale=xx_XX gconv=NONE; do
	check "--with $wish: nothing is there for it, status 3" status 3 mkrootfs "$WORK/looks" --list --with "$wish"
done
check "and it is told which" says "nothing was found for tz=Mars/Phobos" \
	mkrootfs "$WORK/looks" --list --with tz=UTC,tz=Mars/Phobos
check "a need without values takes none" status 2 mkrootfs "$WORK/looks" --list --with certs=all

#
# Notes: dlopen-notes.
#
# noted NAME JSON: a program with that .note.dlopen.
noted() {
	local json=$2
	program "$1" "__asm__(\".pushsection .note.dlopen,\\\"a\\\",@note\\n .balign 4\\n .long 4, 2f - 1f, 0x407c0c0a\\n\"
		\" .asciz \\\"FDO\\\"\\n1: .asciz \\\"${json//\"/\\\\\\\"}\\\"\\n2: .balign 4\\n .popsection\\n\");
		int main(void) { return 0; }"
}
library libfirst.so.1 'int first;'
library libsecond.so.2 'int second;'
noted required '[{"feature":"f","description":"needs it","priority":"required","soname":["libnone.so.1"]}]'
check "a required note and nothing for it: status 3" status 3 of_target /bin/required --list
check "and who asks is told" says "libnone.so.1: not found; /bin/required has a .note.dlopen" of_target /bin/required --list
noted either '[{"priority":"required","soname":["libnone.so.1","libsecond.so.2"]}]'
check "one of several will do" lists "$libraries/libsecond.so.2" of_target /bin/either --list
noted recommended '[{"soname":["libfirst.so.1"]},{"priority":"suggested","soname":["libsecond.so.2"]}]'
check "without a priority it is recommended" lists "$libraries/libfirst.so.1" of_target /bin/recommended --list
check "a suggested one stays out" lists_not "$libraries/libsecond.so.2" of_target /bin/recommended --list
check "and comes with --dlopen suggested" \
	lists "$libraries/libsecond.so.2" of_target /bin/recommended --list --dlopen suggested
noted broken '{"soname":'
check "a note that is no JSON is told, and no error" status 0 of_target /bin/broken --list
check "by its file" says "/bin/broken: has a .note.dlopen that is not" of_target /bin/broken --list

# A file that is made to keep us busy: each name is looked for in those before it.
python3 - >"$WORK/many.s" <<'END'
print('.pushsection .note.dlopen,"a",@note\n.balign 4\n.long 4, 2f - 1f, 0x407c0c0a\n.asciz "FDO"\n1: .ascii "["')
for number in range(20000):
	print('.ascii "%s{\\"soname\\":[\\"lib%d.so\\"]}"' % ("," if number else "", number))
print('.asciz "]"\n2: .balign 4\n.popsection')
END
compile "$target/bin/many" 'int main(void) { return 0; }' -x assembler "$WORK/many.s" -z noexecstack
check "a note with too many names ends soon, with a warning" \
	says "more than 4096 names" timeout 60 "$MKROOTFS" --sysroot "$target" /bin/many --list

#
# A plugin is resolved in the link map of its program, as dlopen does it: rule by rule beside it.
#
app=$WORK/app
mkdir -p "$app/lib" "$app/hidden" "$app/plugins"
compile "$app/lib/libhost.so.1" 'int host = 1;' -shared -fPIC -Wl,-soname,libhost.so.1
compile "$app/hidden/libhidden.so.1" 'int hidden = 2;' -shared -fPIC -Wl,-soname,libhidden.so.1
compile "$app/plugins/uses-host.so" 'extern int host; int *value = &host;' -shared -fPIC -L"$app/lib" -l:libhost.so.1
compile "$app/plugins/uses-hidden.so" 'extern int hidden; int *value = &hidden;' -shared -fPIC -L"$app/hidden" -l:libhidden.so.1
app_source='#include <dlfcn.h>
#include <stdio.h>
extern int host;
int main(void)
{
	const char *const plugins[] = { "'$app'/plugins/uses-host.so", "'$app'/plugins/uses-hidden.so" };
	for (int i = 0; i < 2; i++)
		puts(dlopen(plugins[i], RTLD_NOW) ? "opened" : "not opened");
	return !host;
}'
for kind in rpath runpath; do
	flag=-Wl,--enable-new-dtags
	[ $kind = runpath ] || flag=-Wl,--disable-new-dtags
	compile "$app/$kind" "$app_source" -L"$app/lib" -l:libhost.so.1 $flag "-Wl,-rpath,$app/lib:$app/hidden"
	"$app/$kind" >"$WORK/outside"
	check "$kind: harvested with its plugins" mkrootfs "$app/$kind" --dlopen suggested -d "$WORK/$kind"
	check "$kind: opens inside what it opens outside" prints "$(cat "$WORK/outside")" chroot "$WORK/$kind" "$app/$kind"
done
# DT_RPATH of the program serves its plugins' libraries, DT_RUNPATH does not.
check "which differs" test "$(grep -c '^opened' "$WORK/outside")" -eq 1
check "a plugin that does not load outside stays out" test ! -e "$WORK/runpath$app/plugins/uses-hidden.so"
check "--json and the schema's words" sh -c "'$MKROOTFS' '$app/rpath' --dlopen suggested --json | grep -q '\"name\": \"dlopen\", \"level\": \"suggested\"'"

#
# Configuration for what is there.
#
compile "$WORK/converts" '#include <iconv.h>
int main(void) { return iconv_open("UTF-8", "EUC-JP") == (iconv_t)-1; }'
if mkrootfs "$WORK/converts:/converts" -d "$WORK/gconv" && modules=$(find "$WORK/gconv" -name gconv-modules) && [ -n "$modules" ]; then
	check "a set that the program names is there" chroot "$WORK/gconv" /converts
	every_module_is_there() {
		local file
		awk '$1 == "module" { print $4 }' "$modules" | sort -u | while read -r file; do
			[ -e "$(dirname "$modules")/${file%.so}.so" ] || { echo "$file"; return 1; }
		done
	}
	check "every module of the configuration is there" every_module_is_there
	every_module_is_named() {
		local file
		for file in "$(dirname "$modules")"/*.so; do
			case ${file##*/} in lib*) continue ;; esac
			grep -q "${file##*/}\|$(basename "$file" .so)" "$modules" || { echo "$file"; return 1; }
		done
	}
	check "every module that is there is in it" every_module_is_named
	check "no cache of all of them" test ! -e "${modules%/*}/gconv-modules.cache"
else
	skip "the configuration of character sets" "this C library has none"
fi
mkrootfs "$WORK/looks:/looks" -d "$WORK/nss"
no_other_services() {
	not grep -vE '^[a-z]+: (files|files dns)$' "$WORK/nss/etc/nsswitch.conf"
}
check "nsswitch.conf asks for files and dns alone" no_other_services
check "a file of the user's wins" lists /etc/hosts mkrootfs "$WORK/looks:/looks" --list --add "$target/etc/tls/cnf:/etc/hosts"

#
# Scripts: what they call and import by names that are computed is not known, and that is told.
#
# shellcheck disable=SC2016 # for the script
printf '#!/bin/sh\nls\n$1\n' >"$target/bin/script"
printf '#!/bin/sh\nls\n' >"$target/bin/plain"
chmod 755 "$target/bin/script" "$target/bin/plain"
program sh 'int main(void) { return 0; }'
check "a shell script: commands that are computed are not known" \
	says "/bin/script: left out what it runs by computed names (1 command); to bring it: -a, or --trace" \
	of_target /bin/script --list
check "nothing of it where they are known" not says "computed" of_target /bin/plain --list
if [ -d /usr/lib/python3/dist-packages ] && [ -x /usr/bin/python3 ]; then
	printf '#!/usr/bin/python3\nimport sys\n__import__(sys.argv[1])\n' >"$WORK/script.py"
	printf '#!/usr/bin/python3\nprint(1)\n' >"$WORK/plain.py"
	chmod 755 "$WORK/script.py" "$WORK/plain.py"
	check "a script in Python: what may be imported is left out, and that is told" \
		says "script.py: left out .* to bring them: --with dist-packages for all" mkrootfs "$WORK/script.py" --list
	check "nothing of it where its imports are known" \
		not says "it may import" mkrootfs "$WORK/plain.py" --list
	check "nothing of it where they come" \
		not says "it may import" mkrootfs "$WORK/script.py" --list --with dist-packages
	check "nothing of it where the script was traced" \
		not says "it may import" mkrootfs --trace "$WORK/script.py" -d "$WORK/traced" -- os
else
	skip "a script in Python" "there is no dist-packages"
fi

#
# No link leads nowhere, whatever comes.
#
# As the kernel would look inside: with a program of the rootfs's own, which is static.
no_broken_links() {
	rm -rf "$WORK/all"
	mkrootfs -q "$1" --dlopen suggested -d "$WORK/all" --add "$WORK/exists:/exists" || return
	(cd "$WORK/all" && find . -type l -printf '/%P\0') | xargs -0 chroot "$WORK/all" /exists
}
if compile "$WORK/exists" '#include <stdio.h>
#include <sys/stat.h>
int main(int argc, char **argv)
{
	struct stat entry;
	int broken = 0;
	for (int i = 1; i < argc; i++)
		if (stat(argv[i], &entry) != 0)
			broken = puts(argv[i]) >= 0;
	return broken;
}' -static 2>/dev/null; then
	for tried in /usr/bin/python3 /usr/bin/perl /usr/bin/git /usr/bin/openssl /usr/bin/gpg /usr/bin/vim /usr/bin/ruby /usr/bin/php; do
		[ ! -x "$tried" ] || check "$tried: no link leads nowhere" no_broken_links "$tried"
	done
else
	skip "no link leads nowhere" "there is no static C library"
fi

#
# The same bytes, with all that rules bring.
#
same_twice() {
	mkrootfs -q "$1" --dlopen suggested -o - | sha256sum >"$WORK/first"
	(umask 077 && cd / && TZ=Asia/Tokyo LC_ALL=C.UTF-8 mkrootfs -q "$1" --dlopen suggested -o - | sha256sum) >"$WORK/second"
	cmp "$WORK/first" "$WORK/second"
}
[ ! -x /usr/bin/python3 ] || check "python: the same bytes" same_twice /usr/bin/python3

finish
