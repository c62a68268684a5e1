#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a program opens by dlopen is found as its loader finds it: programs and plugins of every kind of
# path, each beside the C library's own dlopen, which tells what it has mapped.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need "${CC:-cc}"

# Opens the plugin that it was built with, and prints the files that it has mapped by then.
opener='#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
HOST
static int print(struct dl_phdr_info *info, size_t size, void *data)
{
	if (info->dlpi_name[0] == 47)
		puts(info->dlpi_name);
	return 0;
}
int main(void)
{
	if (!dlopen(PLUGIN, RTLD_NOW))
		return 1;
	dl_iterate_phdr(print, NULL);
	return 0;
}'

# library FILE SONAME [FLAG...]: one that defines what its file is called.
library() {
	local symbol=${1##*/}
	compile "$1" "int ${symbol//[^a-z0-9]/_} = 1;" -shared -fPIC "-Wl,-soname,$2" "${@:3}"
}

# needing FILE SONAME LIBRARY [FLAG...]: one that needs another; what is needed is not looked for yet.
needing() {
	local own=${1##*/} symbol=${3##*/}
	own=${own//[^a-z0-9]/_} symbol=${symbol//[^a-z0-9]/_}
	compile "$1" "int $own = 1; extern int $symbol; int *uses_$symbol = &$symbol;" \
		-shared -fPIC "-Wl,-soname,$2" -Wl,--allow-shlib-undefined "$3" "${@:4}"
}

rpath() {
	printf '%s\n' -Wl,--disable-new-dtags "-Wl,-rpath,$1"
}

runpath() {
	printf '%s\n' -Wl,--enable-new-dtags "-Wl,-rpath,$1"
}

none() {
	:
}

# as_its_loader NAME: whether what `app` of this case has mapped is in the rootfs, and nothing else of
# the case's; where it cannot open its plugin, nothing that the plugin would bring.
as_its_loader() {
	local app=$1/app
	: >"$1/expected"
	if "$app" >"$1/mapped" 2>/dev/null; then
		xargs -n 1 realpath <"$1/mapped" | grep "^$1/" | sort -u >"$1/expected"
	else
		mkrootfs -q --dlopen none --list "$app" | grep '\.so' | while read -r path; do
			[ -L "$path" ] || realpath "$path"
		done | grep "^$1/" | sort -u >"$1/expected"
	fi
	mkrootfs -q --dlopen suggested --list "$app" >"$1/list" || return
	grep "^$1/.*\.so" "$1/list" | xargs -rn 1 realpath | sort -u >"$1/found"
	diff "$1/expected" "$1/found"
}

# program CASE PLUGIN [FLAG...]: `app`, which opens PLUGIN.
program() {
	compile "$1/app" "${opener/HOST/"${host-}"}" "-DPLUGIN=\"$2\"" "${@:3}"
}

opened=0
refused=0
# matches DESCRIPTION CASE
matches() {
	check "$1" as_its_loader "$2"
	if [ -s "$2/mapped" ]; then opened=$((opened + 1)); else refused=$((refused + 1)); fi
}

# The plugin counts on libone, which counts on libtwo: each of the three is looked for by the paths of
# the program, of the plugin, and of the library before it.
number=0
for of_program in none rpath runpath; do
	for of_plugin in none rpath runpath; do
		for of_library in none rpath runpath; do
			number=$((number + 1))
			case=$WORK/$number
			mkdir -p "$case/lib" "$case/two"
			library "$case/two/libtwo.so" libtwo.so
			mapfile -t flags < <("$of_library" "$case/two")
			needing "$case/lib/libone.so" libone.so "$case/two/libtwo.so" ${flags+"${flags[@]}"}
			mapfile -t flags < <("$of_plugin" "\$ORIGIN/lib:$case/two")
			needing "$case/plugin.so" plugin.so "$case/lib/libone.so" ${flags+"${flags[@]}"}
			mapfile -t flags < <("$of_program" "$case/lib:$case/two")
			program "$case" "$case/plugin.so" ${flags+"${flags[@]}"}
			matches "program: $of_program, plugin: $of_plugin, its library: $of_library" "$case"
		done
	done
done

# By a bare name: the paths of who calls dlopen, not those of the plugin.
for of_program in none rpath runpath; do
	number=$((number + 1))
	case=$WORK/$number
	mkdir -p "$case/plugins"
	library "$case/plugins/libplug.so" libplug.so
	mapfile -t flags < <("$of_program" "\$ORIGIN/plugins")
	program "$case" libplug.so ${flags+"${flags[@]}"}
	matches "a bare name, program: $of_program" "$case"
done

# A name that is loaded already is not looked for: by soname, and by the same file.
host='extern int libhost_so; int *uses = &libhost_so;'
for of_plugin in none runpath; do
	number=$((number + 1))
	case=$WORK/$number
	mkdir -p "$case/lib" "$case/other"
	library "$case/lib/libhost.so" libhost.so
	library "$case/other/libhost.so" libhost.so
	mapfile -t flags < <("$of_plugin" "$case/other")
	needing "$case/plugin.so" plugin.so "$case/other/libhost.so" ${flags+"${flags[@]}"}
	program "$case" "$case/plugin.so" "$case/lib/libhost.so" "-Wl,-rpath,$case/lib"
	matches "what the program has loaded serves the plugin, which has: $of_plugin" "$case"
done
number=$((number + 1))
case=$WORK/$number
mkdir -p "$case/lib"
library "$case/lib/libhost.so" libhost.so
ln -s libhost.so "$case/lib/libalias.so"
program "$case" libalias.so "$case/lib/libhost.so" "-Wl,-rpath,$case/lib"
matches "another name of a file that is loaded" "$case"
unset host

# What is refused: a file that is none, a library that is missing behind one that is there.
number=$((number + 1))
case=$WORK/$number
mkdir -p "$case/lib"
echo text >"$case/plugin.so"
program "$case" "$case/plugin.so"
matches "a plugin that is no ELF file" "$case"
number=$((number + 1))
case=$WORK/$number
mkdir -p "$case/lib"
library "$case/lib/libgone.so" libgone.so
needing "$case/lib/libone.so" libone.so "$case/lib/libgone.so"
needing "$case/plugin.so" plugin.so "$case/lib/libone.so" "-Wl,-rpath,$case/lib"
program "$case" "$case/plugin.so"
rm "$case/lib/libgone.so"
matches "a library of a plugin's library is missing" "$case"

# Two plugins: the second counts on a library that the first has brought, and has no path of its own.
number=$((number + 1))
case=$WORK/$number
mkdir -p "$case/lib"
library "$case/lib/libshared.so" libshared.so
needing "$case/first.so" first.so "$case/lib/libshared.so" "-Wl,-rpath,$case/lib"
needing "$case/second.so" second.so "$case/lib/libshared.so"
host="__attribute__((constructor)) static void before(void) { dlopen(\"$case/first.so\", RTLD_NOW); }"
program "$case" "$case/second.so"
matches "a plugin that counts on what another one has loaded" "$case"
unset host

# The loop is only worth something if both happen.
check "some of them open their plugin" test "$opened" -ge 15
check "some do not" test "$refused" -ge 5

finish
