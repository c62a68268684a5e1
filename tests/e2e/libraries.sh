#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Programs whose libraries are found in ways of their own, and those that have none.
. "$(dirname "$0")/lib.sh"
need_root
need "${CC:-cc}" ldconfig

library='const char *word(void) { return "hello"; }'
program='#include <stdio.h>
extern const char *word(void);
int main(void) { puts(word()); return 0; }'
alone='#include <stdio.h>
int main(void) { puts("hello"); return 0; }'

# $1 is a directory for a bin/hello and a lib/libword.so; the rest goes to the linker.
make_hello() {
	compile "$1/lib/libword.so" "$library" -shared -fPIC -Wl,-soname,libword.so &&
		compile "$1/bin/hello" "$program" "$1/lib/libword.so" "${@:2}"
}

runs() {
	prints hello as 10000 "$@"
}

# A library in /opt that only the cache knows.
system=$WORK/system
make_hello "$WORK/cached"
mkdir -p "$system/usr/bin" "$system/opt/words" "$system/etc"
cp "$WORK/cached/bin/hello" "$system/usr/bin"
cp "$WORK/cached/lib/libword.so" "$system/opt/words"
# What it needs of the machine: the C library and the loader, at their own paths.
ldd "$system/usr/bin/hello" | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }' |
	while read -r path; do
		case $path in
		*/libword.so) ;;
		*) mkdir -p "$system$(dirname "$path")" && cp -L "$path" "$system$path" ;;
		esac
	done
echo /opt/words >"$system/etc/ld.so.conf"
ldconfig -r "$system"
check "a library in /opt known only to the cache is found" \
	mkrootfs --sysroot "$system" /usr/bin/hello -d "$WORK/opt"
check "it stands where it stood" test -f "$WORK/opt/opt/words/libword.so"
check "the rootfs has a cache of its own that names it" \
	grep "/opt/words/libword.so" <(ldconfig -r "$WORK/opt" -p)
check "the program runs by that cache" runs "$WORK/opt" /usr/bin/hello
check "the cache is written only where it is needed" \
	not grep ld.so.cache <(mkrootfs --list /usr/bin/env)
rm "$system/etc/ld.so.cache"
check "a sysroot without a cache: ld.so.conf stands in" \
	mkrootfs --sysroot "$system" /usr/bin/hello -d "$WORK/conf"
check "and the program runs" runs "$WORK/conf" /usr/bin/hello

# A program that is moved, with the library beside it.
# shellcheck disable=SC2016 # the loader's own $ORIGIN
make_hello "$WORK/origin" '-Wl,-rpath,$ORIGIN/../lib'
check "a moved program takes along what \$ORIGIN found" \
	mkrootfs "$WORK/origin/bin/hello:/srv/app/bin/hello" -d "$WORK/moved"
check "its library stands beside its new place" test -f "$WORK/moved/srv/app/lib/libword.so"
check "nothing stands at the old place" not test -e "$WORK/moved$WORK"
check "and it runs" prints hello as_with_proc 10000 "$WORK/moved" /srv/app/bin/hello

# The same by the environment's way.
check "--library-path finds what LD_LIBRARY_PATH would" \
	mkrootfs "$WORK/cached/bin/hello" --library-path "$WORK/cached/lib" --list
check "LD_LIBRARY_PATH itself is ignored" \
	env LD_LIBRARY_PATH="$WORK/nowhere" "$MKROOTFS" /usr/bin/env --list

# Programs without a loader.
for kind in -static -static-pie; do
	if compile "$WORK/alone$kind/hello" "$alone" "$kind" 2>"$WORK/log"; then
		check "a $kind program is harvested" \
			mkrootfs "$WORK/alone$kind/hello:/hello" --bare -d "$WORK/root$kind"
		check "it is all there is" prints ./hello sh -c "cd '$WORK/root$kind' && find . -type f"
		check "and it runs" runs "$WORK/root$kind" /hello
	else
		skip "a $kind program" "the compiler cannot make one"
	fi
done

# Libraries that are not there.
compile "$WORK/libgone-a.so" 'int a;' -shared -fPIC -Wl,-soname,libgone-a.so
compile "$WORK/libgone-b.so" 'int b;' -shared -fPIC -Wl,-soname,libgone-b.so
compile "$WORK/lost" 'extern int a, b; int main(void) { return a + b; }' \
	"$WORK/libgone-a.so" "$WORK/libgone-b.so"
echo before >"$WORK/lost.tar"
check "missing libraries: status 3" \
	status 3 mkrootfs "$WORK/lost" -o "$WORK/lost.tar" -d "$WORK/lost-root"
check "what was at the output's place still is" prints before cat "$WORK/lost.tar"
check "no output was made" not test -e "$WORK/lost-root"
check "the first missing library is named" says libgone-a.so mkrootfs "$WORK/lost" --list
check "the second is named too" says libgone-b.so mkrootfs "$WORK/lost" --list
check "with who needs it" says "needed by .*$WORK/lost" mkrootfs "$WORK/lost" --list
compile "$WORK/libgone-a.so.10" 'int c;' -shared -fPIC -Wl,-soname,libgone-a.so.10
compile "$WORK/lost-too" 'extern int a, c; int main(void) { return a + c; }' \
	"$WORK/libgone-a.so" "$WORK/libgone-a.so.10"
cp "$WORK/lost-too" "$WORK/lost-to"
rm -f "$WORK"/libgone-a.so*
three_lost() {
	mkrootfs "$WORK/lost-too" "$WORK/lost" "$WORK/lost-to" --list
}
check "each who needs it is named, once" \
	says "^mkrootfs: libgone-a.so: not found, needed by $WORK/lost-too, $WORK/lost, $WORK/lost-to\$" three_lost
check "a name that another begins with is another" \
	says "^mkrootfs: libgone-a.so.10: not found, needed by $WORK/lost-too, $WORK/lost-to\$" three_lost
check "and each missing library is one message" test "$(three_lost 2>&1 >/dev/null | grep -c '^mkrootfs: libgone')" -eq 3
check "the report is printed all the same" \
	grep "libgone-b.so => not found" <("$MKROOTFS" --ldd "$WORK/lost" 2>/dev/null)
check "an allowed one is no error" \
	mkrootfs "$WORK/lost" --allow-missing 'libgone-*' -o "$WORK/allowed.tar"

# Many files at a time: one that would not load here either is no reason to fail.
mkdir -p "$WORK/app/plugins"
cp "$WORK/lost" "$WORK/app/plugins/lost.so"
cp "$WORK/cached/lib/libword.so" "$WORK/app/plugins"
printf '#!/usr/bin/gone\n' >"$WORK/app/run"
chmod +x "$WORK/app/run"
with_app() {
	mkrootfs /usr/bin/env -a "$WORK/app:/app" "$@"
}
check "below a directory of --add, what lacks a library comes as it is" with_app -d "$WORK/with-app"
check "with what else there is" test -x "$WORK/with-app/app/run" -a -f "$WORK/with-app/app/plugins/libword.so" \
	-a -f "$WORK/with-app/app/plugins/lost.so"
check "a warning names --allow-missing" \
	says "warning: .*/app/plugins/lost.so: comes .* needs libgone-a.so, which is not found; .*--allow-missing libgone-a.so\$" with_app --list
check "an interpreter is missing in the same way" says "app/run: .*--allow-missing /usr/bin/gone\$" with_app --list
check "an allowed one is not told of" \
	not grep . <(with_app -o "$WORK/app.tar" --allow-missing 'libgone-*' --allow-missing /usr/bin/gone 2>&1)
check "a file that is named itself has to load" status 3 with_app -a "$WORK/app/plugins/lost.so" --list
check "a script too" status 3 with_app -a "$WORK/app/run" --list

# What the kernel refuses: it looks at the file's mode, and at the loader's.
compile "$WORK/plain" "$alone" && chmod a-x "$WORK/plain"
check "a program that nobody may execute is warned of" \
	says "warning: $WORK/plain: is not executable, so nobody can start it: chmod +x\$" mkrootfs --list "$WORK/plain"
check "and it comes" status 0 mkrootfs -q --list "$WORK/plain"
check "a library need not be executable" \
	not grep . <(mkrootfs --dlopen none --list "$WORK/cached/lib/libword.so" 2>&1 >/dev/null)
mkdir -p "$WORK/other/bin" "$WORK/other/lib"
cp "$(readelf -l /usr/bin/env | sed -n 's/.*interpreter: \(.*\)]/\1/p')" "$WORK/other/lib/ld.so"
chmod a-x "$WORK/other/lib/ld.so"
compile "$WORK/other/bin/hello" "$alone" -Wl,--dynamic-linker,/lib/ld.so
check "a loader that nobody may execute is an error" \
	status 1 mkrootfs --sysroot "$WORK/other" /bin/hello --list
check "which says what to do" \
	says "/lib/ld.so: the loader is not executable: the kernel refuses it" mkrootfs --sysroot "$WORK/other" /bin/hello --list
finish
