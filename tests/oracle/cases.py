# SPDX-License-Identifier: Apache-2.0
"""The odd cases: one rule, or one combination of rules, each. Data only; odd.py runs them.

A case is (description, {path: content}, options). Its program is /bin/main. Options:

  run        the path to start instead of /bin/main
  library_path, preload   for both sides
  cache      True: ldconfig -r makes a cache after the files are there
  after      {path: content}: files that come, or with None go, after the cache was made
  status     mkrootfs's, where the rootfs would not run on every processor as it does on this
  allow      the arguments of --allow-missing
  arguments  more of mkrootfs's
  holds, lacks   paths that the rootfs has, or has not
  origin     the program's own $ORIGIN is used: a run needs /proc
  differs    why the loader's answer is not what a rootfs should hold: it must run instead
  heals      the program runs in the rootfs though it does not in its own world
  direct     the program is started by itself, not by the usual loader
  user       both sides run as this user, and no rootfs is made
  dest       where in the rootfs the program goes
  setuid     the program is set-user-ID, and nobody runs it
  dies       it dies at its start, and its words are ours
  modes      {path: mode}
  arguments, holds, lacks   of mkrootfs, and paths that its rootfs has or has not
"""

from tiny_elf import (AUDIT, AUXILIARY, DF_1_NODEFLIB, DF_1_PIE, ET_EXEC, FILTER, NEEDED, RPATH, RUNPATH,
                      SONAME, make)
from world import LOADER, Directory, Hard, Link, library, program

MULTIARCH = "/lib/x86_64-linux-gnu"
ISA = "glibc-hwcaps"


def lib(*needed, **arguments):
    return library(needed=needed, **arguments)


def main(*needed, **arguments):
    return program(needed=needed, **arguments)


ORDER = [
    ("breadth first: a library's needs come after all of the program's", {
        "/lib/liba.so": lib("libc1.so"), "/lib/libb.so": lib(), "/lib/libc1.so": lib(),
        "/bin/main": main("liba.so", "libb.so")}),
    ("breadth first decides which of two files a soname means", {
        "/a/liba.so": lib("libz9.so", runpath="/a"), "/a/libz9.so": lib(soname="libz9.so"),
        "/b/libb.so": lib(), "/b/libz9.so": lib(soname="libz9.so"),
        "/bin/main": main("liba.so", "libb.so", "libz9.so", runpath="/b:/a")}),
    ("a need that is named twice is loaded once", {
        "/lib/liba.so": lib(), "/bin/main": main("liba.so", "liba.so")}),
    ("a cycle of needs ends", {
        "/lib/liba.so": lib("libb.so"), "/lib/libb.so": lib("liba.so"),
        "/bin/main": main("liba.so")}),
    ("a library that needs itself", {
        "/lib/liba.so": lib("liba.so"), "/bin/main": main("liba.so")}),
    ("a program without needs", {"/bin/main": main()}),
    ("a diamond", {
        "/lib/liba.so": lib("libd.so"), "/lib/libb.so": lib("libd.so", "libe.so"),
        "/lib/libd.so": lib("libe.so"), "/lib/libe.so": lib(),
        "/bin/main": main("libb.so", "liba.so")}),
]

IDENTITY = [
    ("a soname answers to a later need, whatever the file is called", {
        "/odd/file": lib(soname="libs.so.1"), "/lib/libb.so": lib("libs.so.1"),
        "/bin/main": main("/odd/file", "libb.so")}),
    ("a soname that no file has answers all the same", {
        "/lib/liba.so": lib(soname="libreal.so"), "/bin/main": main("liba.so", "libreal.so")}),
    ("one file by two links is one object", {
        "/lib/libx.so.1.2": lib(soname="libother.so"), "/lib/libx.so.1": Link("libx.so.1.2"),
        "/lib/libx.so": Link("libx.so.1"), "/bin/main": main("libx.so.1", "libx.so")}),
    ("one file by two hard links is one object", {
        "/lib/liba.so": lib(), "/lib/libb.so": Hard("/lib/liba.so"),
        "/bin/main": main("liba.so", "libb.so")}),
    ("two copies with one soname: the first one that was loaded answers", {
        "/a/libx.so": lib(soname="libx.so"), "/b/libx.so": lib(soname="libx.so"),
        "/bin/main": main("/b/libx.so", "libx.so", rpath="/a")}),
    ("an object's path is one of its names", {
        "/lib/liba.so": lib(), "/bin/main": main("liba.so", "/lib/liba.so")}),
    ("the loader by its soname is never searched", {
        "/lib/liba.so": lib("ld-linux-x86-64.so.2"), "/bin/main": main("liba.so")}),
    ("the loader by its path", {"/bin/main": main(LOADER)}),
    ("the loader by another path is the same file", {
        "/lib/ld.so": Hard(LOADER), "/bin/main": main("/lib/ld.so")}),
    ("the loader stands where it was needed first", {
        "/lib/liba.so": lib("ld-linux-x86-64.so.2"), "/lib/libb.so": lib("libc1.so"),
        "/lib/libc1.so": lib("ld-linux-x86-64.so.2"),
        "/bin/main": main("libb.so", "liba.so")}),
    ("the loader behind a missing library", {
        "/bin/main": main("libnone.so", "ld-linux-x86-64.so.2")}),
    ("the loader before a missing library", {
        "/lib/liba.so": lib(), "/bin/main": main("liba.so", "ld-linux-x86-64.so.2", "libnone.so")}),
    ("the program needs itself by path", {"/bin/main": main("/bin/main")}),
    ("the program's own soname answers", {
        "/bin/main": main("libmain.so", soname="libmain.so")}),
]

RPATHS = [
    ("the requester's DT_RPATH", {
        "/a/liba.so": lib(), "/bin/main": main("liba.so", rpath="/a")}),
    ("the program's DT_RPATH serves a library's needs", {
        "/a/liba.so": lib("libb.so"), "/a/libb.so": lib(), "/bin/main": main("liba.so", rpath="/a")}),
    ("a library's DT_RPATH serves its grandchildren", {
        "/a/liba.so": lib("libb.so", rpath="/b"), "/b/libb.so": lib("libd.so"),
        "/b/libd.so": lib(), "/bin/main": main("liba.so", rpath="/a")}),
    ("a DT_RUNPATH does not serve grandchildren", {
        "/a/liba.so": lib("libb.so"), "/a/libb.so": lib(),
        "/bin/main": main("liba.so", runpath="/a")}),
    ("a library with DT_RUNPATH does not look at the program's DT_RPATH", {
        "/a/liba.so": lib("libb.so", runpath="/none"), "/a/libb.so": lib(),
        "/bin/main": main("liba.so", rpath="/a")}),
    ("a library between with both tags has no DT_RPATH for others", {
        "/a/liba.so": lib("libb.so", rpath="/d", runpath="/b"), "/b/libb.so": lib("libd.so"),
        "/d/libd.so": lib(), "/bin/main": main("liba.so", rpath="/a")}),
    ("of DT_RPATH and DT_RUNPATH in one object the latter counts", {
        "/a/libx.so": lib(), "/b/libx.so": lib(),
        "/bin/main": main("libx.so", rpath="/a", runpath="/b")}),
    ("of two DT_RPATH the last one counts", {
        "/a/libx.so": lib(), "/b/libx.so": lib(),
        "/bin/main": make(needed=["libx.so"], interp=LOADER, rpath="/b", tags=[(RPATH, "/a")])}),
    ("of two DT_RUNPATH the last one counts", {
        "/a/libx.so": lib(), "/b/libx.so": lib(),
        "/bin/main": make(needed=["libx.so"], interp=LOADER, runpath="/b",
                          tags=[(RUNPATH, "/a")])}),
    ("of two DT_SONAME the last one counts", {
        "/lib/liba.so": library(soname="libtwo.so", tags=[(SONAME, "libone.so")]),
        "/bin/main": main("liba.so", "libtwo.so", "libone.so")}),
    ("the requester chain goes by who loaded first", {
        "/a/liba.so": lib("libs.so", rpath="/s"), "/a/libb.so": lib("libs.so"),
        "/s/libs.so": lib("libt.so"), "/s/libt.so": lib(),
        "/bin/main": main("liba.so", "libb.so", rpath="/a")}),
    ("an empty DT_RPATH is none", {
        "/libx.so": lib(), "/bin/main": main("libx.so", rpath="")}),
    ("an empty element is the working directory", {
        "/libx.so": lib(), "/bin/main": main("libx.so", rpath="/none:")}),
    ("a relative element", {
        "/sub/libx.so": lib(), "/bin/main": main("libx.so", rpath="sub")}),
    ("slashes at the end of an element do not matter", {
        "/a/libx.so": lib(), "/bin/main": main("libx.so", rpath="/a///")}),
    ("slashes inside an element stay", {
        "/a/b/libx.so": lib(), "/bin/main": main("libx.so", rpath="/a//b")}),
    ("a semicolon does not split DT_RPATH", {
        "/a/libx.so": lib(), "/bin/main": main("libx.so", rpath="/none;/a")}),
    ("a semicolon splits the library path", {
        "/a/libx.so": lib(), "/bin/main": main("libx.so")}, {"library_path": "/none;/a"}),
    ("the library path comes before DT_RUNPATH", {
        "/a/libx.so": lib(), "/b/libx.so": lib(), "/bin/main": main("libx.so", runpath="/a")},
     {"library_path": "/b"}),
    ("the library path comes after DT_RPATH", {
        "/a/libx.so": lib(), "/b/libx.so": lib(), "/bin/main": main("libx.so", rpath="/a")},
     {"library_path": "/b"}),
    ("an empty library path element is the working directory", {
        "/libx.so": lib(), "/bin/main": main("libx.so")}, {"library_path": "/none:"}),
    ("the library path's $ORIGIN is the program's", {
        "/a/libx.so": lib(), "/bin/main": main("libx.so")},
     {"library_path": "$ORIGIN/../a", "origin": True}),
]

TOKENS = [
    ("$ORIGIN of the program", {
        "/bin/l/libx.so": lib(), "/bin/main": main("libx.so", runpath="$ORIGIN/l")},
     {"origin": True}),
    ("${ORIGIN} of the program", {
        "/bin/l/libx.so": lib(), "/bin/main": main("libx.so", runpath="${ORIGIN}/l")},
     {"origin": True}),
    ("$ORIGIN of a library is where it was found", {
        "/a/liba.so": lib("libb.so", runpath="$ORIGIN/b"), "/a/b/libb.so": lib(),
        "/bin/main": main("liba.so", runpath="/a")}),
    ("$ORIGIN of a library that was found by a link is the link's directory", {
        "/real/liba.so": lib("libb.so", runpath="$ORIGIN/b"), "/a/liba.so": Link("../real/liba.so"),
        "/a/b/libb.so": lib(), "/real/b/libb.so": lib(),
        "/bin/main": main("liba.so", runpath="/a")}),
    ("$ORIGIN twice in one element", {
        "/a/a/liba.so": lib(), "/bin/main": main("liba.so", runpath="$ORIGIN/$ORIGIN:/a/a")},
     {"origin": True}),
    ("the longest name counts: $ORIGINAL is no token", {
        "/bin/main": main("libx.so", runpath="$ORIGINAL:/a"), "/a/libx.so": lib()}),
    ("an unknown token stays as it is", {
        "/$OTHER/libx.so": lib(), "/bin/main": main("libx.so", runpath="/$OTHER")}),
    ("an open brace is no token", {
        "/bin/main": main("libx.so", runpath="${ORIGIN:/a"), "/a/libx.so": lib()}),
    ("$LIB", {
        "/a/lib/x86_64-linux-gnu/libx.so": lib(), "/a/lib64/libx.so": lib(),
        "/bin/main": main("libx.so", runpath="/a/$LIB")}),
    ("${LIB} in the middle", {
        "/a/lib/x86_64-linux-gnu/x/libx.so": lib(), "/a/lib64/x/libx.so": lib(),
        "/bin/main": main("libx.so", runpath="/a/${LIB}/x")}),
    ("$PLATFORM", {
        "/a/x86_64/libx.so": lib(), "/a/haswell/libx.so": lib(), "/a/xeon_phi/libx.so": lib(),
        "/bin/main": main("libx.so", runpath="/a/$PLATFORM")}),
    ("a need with $ORIGIN", {
        "/bin/l/libx.so": lib(), "/bin/main": main("$ORIGIN/l/libx.so")}, {"origin": True}),
    ("a need with $LIB", {
        "/lib/x86_64-linux-gnu/libx.so": lib(), "/lib64/libx.so": lib(),
        "/bin/main": main("/$LIB/libx.so")}),
    ("a need with a token and without a slash", {
        "/a/lib$OTHER.so": lib(), "/bin/main": main("lib$OTHER.so", runpath="/a")}),
    ("a program that is started by a link has the directory of its file", {
        "/opt/p/bin/main": main("libx.so", runpath="$ORIGIN/../lib"), "/opt/p/lib/libx.so": lib(),
        "/bin/main": Link("/opt/p/bin/main")},
     {"origin": True,
      "differs": "ldd takes the link's directory for $ORIGIN, the kernel the file's"}),
]

PATHS = [
    ("a need with a slash is not searched for", {
        "/a/libx.so": lib(), "/lib/libx.so": lib(), "/bin/main": main("/a/libx.so")}),
    ("a relative need starts at the working directory", {
        "/sub/libx.so": lib(), "/bin/main": main("sub/libx.so")}),
    ("colons in a need are literal", {
        "/a:b/libx.so": lib(), "/bin/main": main("/a:b/libx.so")}),
    ("a need with a slash that is not there", {
        "/lib/libx.so": lib(), "/bin/main": main("/none/libx.so")}),
    ("a space in a path", {
        "/with space/lib x.so": lib(), "/bin/main": main("lib x.so", rpath="/with space")}),
    ("bytes that are not UTF-8 in a path", {
        "/caf\udce9/libx.so": lib(), "/bin/main": main("libx.so", rpath="/caf\udce9")}),
    ("UTF-8 in a name", {
        "/a/libü.so": lib(), "/bin/main": main("libü.so", rpath="/a")}),
    ("an absolute link inside the root stays in it", {
        "/real/libx.so": lib(), "/a": Link("/real"), "/bin/main": main("libx.so", rpath="/a")}),
    ("a link that climbs out stays in the root", {
        "/real/libx.so": lib(), "/a": Link("../../../real"),
        "/bin/main": main("libx.so", rpath="/a")}),
    ("a chain of links", {
        "/r/libx.so.1.2.3": lib(), "/r/libx.so.1.2": Link("libx.so.1.2.3"),
        "/r/libx.so.1": Link("/r/libx.so.1.2"), "/a/libx.so": Link("../r/libx.so.1"),
        "/bin/main": main("libx.so", rpath="/a")}),
]

DIRECTORIES = [
    ("the default directories in their order", {
        MULTIARCH + "/liba.so": lib(), "/usr" + MULTIARCH + "/liba.so": lib(),
        "/lib/liba.so": lib(), "/usr/lib/libb.so": lib(), "/lib/libb.so": lib(),
        "/usr" + MULTIARCH + "/libc1.so": lib(), "/lib/libc1.so": lib(),
        "/usr/lib/libd.so": lib(),
        "/bin/main": main("liba.so", "libb.so", "libc1.so", "libd.so")}),
    ("/lib64 is no default directory here", {
        "/lib64/libx.so": lib(), "/bin/main": main("libx.so")}),
    ("DF_1_NODEFLIB leaves the default directories out", {
        "/lib/libx.so": lib(), "/bin/main": main("libx.so", flags_1=DF_1_NODEFLIB)}),
    ("DF_1_NODEFLIB belongs to the requester", {
        "/a/liba.so": lib("libx.so"), "/lib/libx.so": lib(),
        "/bin/main": main("liba.so", rpath="/a", flags_1=DF_1_NODEFLIB)}),
    ("DF_1_NODEFLIB drops what the cache has there", {
        "/lib/libx.so": lib(soname="libx.so"), "/bin/main": main("libx.so", flags_1=DF_1_NODEFLIB)},
     {"cache": True}),
    ("DF_1_NODEFLIB keeps what the cache has elsewhere", {
        "/opt/libx.so": lib(soname="libx.so"), "/etc/ld.so.conf": "/opt\n",
        "/bin/main": main("libx.so", flags_1=DF_1_NODEFLIB)}, {"cache": True}),
]

CACHES = [
    ("a directory that only the cache knows", {
        "/opt/libx.so.1": lib(soname="libx.so.1"), "/etc/ld.so.conf": "/opt\n",
        "/bin/main": main("libx.so.1")}, {"cache": True}),
    ("the cache comes before the default directories", {
        "/opt/libx.so.1": lib(soname="libx.so.1"), "/lib/libx.so.1": lib(soname="libx.so.1"),
        "/etc/ld.so.conf": "/opt\n", "/bin/main": main("libx.so.1")}, {"cache": True}),
    ("the cache comes after DT_RUNPATH", {
        "/opt/libx.so.1": lib(soname="libx.so.1"), "/a/libx.so.1": lib(soname="libx.so.1"),
        "/etc/ld.so.conf": "/opt\n", "/bin/main": main("libx.so.1", runpath="/a")},
     {"cache": True}),
    ("a stale cache entry leads on to the default directories", {
        "/opt/libx.so.1": lib(soname="libx.so.1"), "/etc/ld.so.conf": "/opt\n",
        "/bin/main": main("libx.so.1")},
     {"cache": True, "after": {"/opt/libx.so.1": None, "/lib/libx.so.1": lib()}}),
    ("a cache that is older than its conf is right all the same", {
        "/opt/libx.so.1": lib(soname="libx.so.1"), "/etc/ld.so.conf": "/opt\n",
        "/bin/main": main("libx.so.1")},
     {"cache": True, "after": {"/etc/ld.so.conf": "/other\n", "/other/libx.so.1": lib()}}),
    ("a library that came after the cache is found in a default directory", {
        "/bin/main": main("libx.so.1")}, {"cache": True, "after": {"/lib/libx.so.1": lib()}}),
    ("the cache is asked by soname, not by file name", {
        "/opt/libfile.so": lib(soname="libx.so.1"), "/etc/ld.so.conf": "/opt\n",
        "/bin/main": main("libfile.so")}, {"cache": True}),
    ("digits in names are numbers to the cache", {
        "/opt/libx.so.9": lib(soname="libx.so.9"), "/opt/libx.so.10": lib(soname="libx.so.10"),
        "/opt/libx.so.1": lib(soname="libx.so.1"), "/opt/libx1.so": lib(soname="libx1.so"),
        "/etc/ld.so.conf": "/opt\n",
        "/bin/main": main("libx.so.10", "libx.so.9", "libx1.so", "libx.so.1")}, {"cache": True}),
    ("what is no cache is ignored", {
        "/lib/libx.so": lib(), "/etc/ld.so.cache": "garbage", "/bin/main": main("libx.so")}),
    ("a cache entry through a link", {
        "/real/libx.so.1": lib(soname="libx.so.1"), "/opt": Link("real"),
        "/etc/ld.so.conf": "/opt\n", "/bin/main": main("libx.so.1")}, {"cache": True}),
    ("the cache leads to a library whose needs it knows too", {
        "/opt/liba.so": lib("libb.so", soname="liba.so"), "/opt2/libb.so": lib(soname="libb.so"),
        "/etc/ld.so.conf": "/opt\n/opt2\n", "/bin/main": main("liba.so")}, {"cache": True}),
]


def levels(directory, *names):
    return {f"{directory}/{ISA}/x86-64-{name}/libx.so": lib(soname="libx.so") for name in names}


HWCAPS = [
    ("glibc-hwcaps in a DT_RUNPATH directory", {
        "/a/libx.so": lib(), **levels("/a", "v2", "v3", "v4"),
        "/bin/main": main("libx.so", runpath="/a")}),
    ("glibc-hwcaps in a DT_RPATH directory", {
        "/a/libx.so": lib(), **levels("/a", "v2"), "/bin/main": main("libx.so", rpath="/a")}),
    ("glibc-hwcaps in the library path", {
        "/a/libx.so": lib(), **levels("/a", "v2", "v3"), "/bin/main": main("libx.so")},
     {"library_path": "/a"}),
    ("glibc-hwcaps in a default directory", {
        "/lib/libx.so": lib(), **levels("/lib", "v2", "v3"), "/bin/main": main("libx.so")}),
    ("a variant in a later directory does not win over the baseline in an earlier one", {
        "/a/libx.so": lib(), **levels("/b", "v2", "v3"), "/b/libx.so": lib(),
        "/bin/main": main("libx.so", runpath="/a:/b")}),
    ("a variant alone, without a baseline", {
        **levels("/a", "v2"), "/bin/main": main("libx.so", runpath="/a")}, {"status": 3}),
    ("a variant has needs of its own", {
        "/a/libx.so": lib(), f"/a/{ISA}/x86-64-v2/libx.so": lib("liby.so"), "/a/liby.so": lib(),
        "/bin/main": main("libx.so", rpath="/a")}),
    ("an unknown variant is not looked at", {
        "/a/libx.so": lib(), f"/a/{ISA}/x86-64-v9/libx.so": lib(),
        "/bin/main": main("libx.so", runpath="/a")}),
    ("glibc-hwcaps in the cache", {
        "/opt/libx.so": lib(soname="libx.so"), **levels("/opt", "v2", "v3"),
        "/etc/ld.so.conf": "/opt\n", "/bin/main": main("libx.so")}, {"cache": True}),
    ("glibc-hwcaps of a default directory in the cache", {
        "/lib/libx.so": lib(soname="libx.so"), **levels("/lib", "v2"),
        "/bin/main": main("libx.so")}, {"cache": True}),
    ("the old directories: tls", {
        "/a/libx.so": lib(), "/a/tls/libx.so": lib(), "/bin/main": main("libx.so", runpath="/a")}),
    ("the old directories: the platform", {
        "/a/libx.so": lib(), "/a/x86_64/libx.so": lib(), "/a/haswell/libx.so": lib(),
        "/bin/main": main("libx.so", runpath="/a")}),
    ("the old directories: tls with the platform in it", {
        "/a/tls/x86_64/libx.so": lib(), "/a/tls/haswell/libx.so": lib(), "/a/tls/libx.so": lib(),
        "/a/x86_64/x86_64/libx.so": lib(), "/bin/main": main("libx.so", runpath="/a")}),
    ("the new directories come before the old ones", {
        "/a/libx.so": lib(), "/a/tls/libx.so": lib(), **levels("/a", "v2"),
        "/bin/main": main("libx.so", runpath="/a")}),
]

WRONG = [
    ("a file of another class is passed over", {
        "/a/libx.so": library(ident={4: 1}), "/b/libx.so": lib(),
        "/bin/main": main("libx.so", rpath="/a:/b")}),
    ("a file for another machine is passed over", {
        "/a/libx.so": library(machine=183), "/b/libx.so": lib(),
        "/bin/main": main("libx.so", rpath="/a:/b")}),
    ("nothing but a file of another class is nothing", {
        "/a/libx.so": library(ident={4: 1}), "/bin/main": main("libx.so", rpath="/a")}),
    ("another byte order ends it", {
        "/a/libx.so": library(ident={5: 2}), "/b/libx.so": lib(),
        "/bin/main": main("libx.so", rpath="/a:/b")}),
    ("another OS ABI ends it", {
        "/a/libx.so": library(ident={7: 9}), "/b/libx.so": lib(),
        "/bin/main": main("libx.so", rpath="/a:/b")}),
    ("the OS ABI of GNU is right", {
        "/a/libx.so": library(ident={7: 3}), "/bin/main": main("libx.so", rpath="/a")}),
    ("an ABI version that is too new ends it", {
        "/a/libx.so": library(ident={7: 3, 8: 77}), "/bin/main": main("libx.so", rpath="/a")}),
    ("padding in e_ident ends it", {
        "/a/libx.so": library(ident={12: 1}), "/bin/main": main("libx.so", rpath="/a")}),
    ("another version in e_ident ends it", {
        "/a/libx.so": library(ident={6: 2}), "/bin/main": main("libx.so", rpath="/a")}),
    ("another e_version ends it", {
        "/a/libx.so": library(version=2), "/bin/main": main("libx.so", rpath="/a")}),
    ("a linker script ends it", {
        "/a/libx.so": "/* GNU ld script */\nINPUT(libx.so.1)\n" + " " * 64, "/b/libx.so": lib(),
        "/bin/main": main("libx.so", rpath="/a:/b")}),
    ("an empty file ends it", {
        "/a/libx.so": "", "/bin/main": main("libx.so", rpath="/a")}),
    ("a file that is cut off in its header ends it", {
        "/a/libx.so": lib()[:40], "/bin/main": main("libx.so", rpath="/a")}),
    ("a file that is cut off in its program headers ends it", {
        "/a/libx.so": lib()[:100], "/bin/main": main("libx.so", rpath="/a")}),
    ("a directory in its place ends it", {
        "/a/libx.so/file": "", "/b/libx.so": lib(), "/bin/main": main("libx.so", rpath="/a:/b")}),
    ("an object file ends it", {
        "/a/libx.so": library(kind=1), "/bin/main": main("libx.so", rpath="/a")}),
    ("a wrong e_phentsize ends it", {
        "/a/libx.so": library(phentsize=57), "/bin/main": main("libx.so", rpath="/a")}),
    ("a fixed program as a need", {
        "/a/prog": make(kind=ET_EXEC), "/bin/main": main("/a/prog")}),
    ("a position independent program as a need", {
        "/a/prog": make(flags_1=DF_1_PIE), "/bin/main": main("/a/prog")}),
    ("a file without a dynamic segment as a need", {
        "/a/libx.so": library(dynamic=False), "/bin/main": main("libx.so", rpath="/a")}),
    ("a bad file that nobody comes to does no harm", {
        "/a/libx.so": lib(), "/b/libx.so": "garbage", "/bin/main": main("libx.so", rpath="/a:/b")}),
    ("a loop of links ends its list of directories", {
        "/a/libx.so": Link("libx.so"), "/b/libx.so": lib(), "/lib/libx.so": lib(),
        "/bin/main": main("libx.so", rpath="/a:/b")}),
    ("a loop of links in a directory that has variants", {
        "/a/libx.so": Link("libx.so"), "/a/tls/other": "", "/b/libx.so": lib(),
        "/lib/libx.so": lib(), "/bin/main": main("libx.so", rpath="/a:/b")}),
    ("a dangling link goes on to the next directory", {
        "/a/libx.so": Link("none"), "/b/libx.so": lib(),
        "/bin/main": main("libx.so", rpath="/a:/b")}),
    ("a file for a directory goes on to the next", {
        "/a": "file", "/b/libx.so": lib(), "/bin/main": main("libx.so", rpath="/a:/b")}),
    ("a loop of links for a directory goes on to the next", {
        "/a": Link("a"), "/b/libx.so": lib(), "/bin/main": main("libx.so", rpath="/a:/b")}),
]

MISSING = [
    ("a missing library", {"/bin/main": main("libnone.so")}),
    ("a missing library of a library", {
        "/lib/liba.so": lib("libnone.so"), "/bin/main": main("liba.so")}),
    ("a missing library is looked for again by each", {
        "/lib/liba.so": lib("libx.so", runpath="/a"), "/a/libx.so": lib(),
        "/bin/main": main("libx.so", "liba.so")}),
    ("two that miss one library", {
        "/lib/liba.so": lib("libnone.so"), "/lib/libb.so": lib("libnone.so"),
        "/bin/main": main("liba.so", "libb.so")}),
    ("a missing library between others", {
        "/lib/liba.so": lib(), "/lib/libb.so": lib(),
        "/bin/main": main("liba.so", "libnone.so", "libb.so")}),
    ("a missing library that may be missing", {
        "/lib/liba.so": lib(), "/bin/main": main("liba.so", "libnone.so")}, {"allow": ["libn*"]}),
]

FILTERS = [
    ("an auxiliary library comes before who names it", {
        "/lib/libaux.so": lib(), "/lib/liba.so": library(tags=[(AUXILIARY, "libaux.so")]),
        "/lib/libb.so": lib(), "/bin/main": main("liba.so", "libb.so")}),
    ("a missing auxiliary library is no error", {
        "/lib/liba.so": library(tags=[(AUXILIARY, "libnone.so")]), "/bin/main": main("liba.so")}),
    ("a filter's library", {
        "/lib/libfil.so": lib(), "/lib/liba.so": library(tags=[(FILTER, "libfil.so")]),
        "/bin/main": main("liba.so")}),
    ("a missing filter's library", {
        "/lib/liba.so": library(tags=[(FILTER, "libnone.so")]), "/bin/main": main("liba.so")}),
    ("an auxiliary library that is loaded already behind moves before", {
        "/lib/libaux.so": lib(), "/lib/liba.so": library(tags=[(AUXILIARY, "libaux.so")]),
        "/lib/libb.so": lib(), "/bin/main": main("liba.so", "libb.so", "libaux.so")}),
    ("an auxiliary library that is loaded already before stays", {
        "/lib/libaux.so": lib(), "/lib/liba.so": library(tags=[(AUXILIARY, "libaux.so")]),
        "/bin/main": main("libaux.so", "liba.so")}),
    ("two auxiliary libraries keep their order", {
        "/lib/lib1.so": lib(), "/lib/lib2.so": lib(),
        "/lib/liba.so": library(tags=[(AUXILIARY, "lib1.so"), (AUXILIARY, "lib2.so")]),
        "/bin/main": main("liba.so")}),
    ("an auxiliary library's needs come at the end", {
        "/lib/libaux.so": lib("libn.so"), "/lib/libn.so": lib(), "/lib/libb.so": lib(),
        "/lib/liba.so": library(tags=[(AUXILIARY, "libaux.so")]),
        "/bin/main": main("liba.so", "libb.so")}),
    ("an auxiliary library after a need in one object", {
        "/lib/libaux.so": lib(), "/lib/libn.so": lib(),
        "/lib/liba.so": library(tags=[(NEEDED, "libn.so"), (AUXILIARY, "libaux.so")]),
        "/bin/main": main("liba.so")}),
    ("an auxiliary library of an auxiliary library", {
        "/lib/lib2.so": lib(), "/lib/lib1.so": library(tags=[(AUXILIARY, "lib2.so")]),
        "/lib/liba.so": library(tags=[(AUXILIARY, "lib1.so")]), "/lib/libb.so": lib(),
        "/bin/main": main("liba.so", "libb.so")}),
    ("an auxiliary library by the path of who names it", {
        "/a/libaux.so": lib(),
        "/a/liba.so": library(tags=[(AUXILIARY, "libaux.so")], runpath="$ORIGIN"),
        "/bin/main": main("liba.so", rpath="/a")}),
    ("an auxiliary library of the program", {
        "/lib/libaux.so": lib(), "/lib/liba.so": lib(),
        "/bin/main": make(needed=["liba.so"], interp=LOADER, tags=[(AUXILIARY, "libaux.so")])}),
]

PRELOADS = [
    ("--preload by name comes before all needs", {
        "/lib/libp.so": lib("libq.so"), "/lib/libq.so": lib(), "/lib/liba.so": lib(),
        "/bin/main": main("liba.so")}, {"preload": "libp.so"}),
    ("--preload by path", {
        "/p/libp.so": lib(), "/lib/liba.so": lib(), "/bin/main": main("liba.so")},
     {"preload": "/p/libp.so"}),
    ("--preload of what is needed anyway", {
        "/lib/liba.so": lib(), "/lib/libb.so": lib(), "/bin/main": main("liba.so", "libb.so")},
     {"preload": "libb.so"}),
    ("/etc/ld.so.preload", {
        "/lib/libp.so": lib(), "/lib/libq.so": lib(), "/lib/liba.so": lib(),
        "/etc/ld.so.preload": "/lib/libp.so libq.so\n", "/bin/main": main("liba.so")}),
    ("/etc/ld.so.preload with a comment", {
        "/lib/libp.so": lib(), "/lib/libq.so": lib(), "/lib/liba.so": lib(),
        "/etc/ld.so.preload": "# libq.so\nlibp.so # libq.so\n", "/bin/main": main("liba.so")}),
    ("--preload comes before /etc/ld.so.preload", {
        "/lib/libp.so": lib(), "/lib/libq.so": lib(), "/lib/liba.so": lib(),
        "/etc/ld.so.preload": "libq.so\n", "/bin/main": main("liba.so")}, {"preload": "libp.so"}),
]

VERSIONS = [
    ("a version that is there", {
        "/lib/libv.so": library(soname="libv.so", defines=["libv.so", "V_1", "V_2"]),
        "/bin/main": main("libv.so", needs={"libv.so": [("V_2", False)]})}),
    ("a version that is not there", {
        "/lib/libv.so": library(soname="libv.so", defines=["libv.so", "V_1"]),
        "/bin/main": main("libv.so", needs={"libv.so": [("V_2", False)]})}),
    ("a weak version that is not there", {
        "/lib/libv.so": library(soname="libv.so", defines=["libv.so", "V_1"]),
        "/bin/main": main("libv.so", needs={"libv.so": [("V_2", True)]})}),
    ("a version of a library that has none", {
        "/lib/libv.so": library(soname="libv.so"),
        "/bin/main": main("libv.so", needs={"libv.so": [("V_2", False)]})}),
    ("a version of a library that is missing", {
        "/bin/main": main("libv.so", needs={"libv.so": [("V_2", False)]})}),
    ("a version that a library asks for", {
        "/lib/libv.so": library(soname="libv.so", defines=["libv.so", "V_1"]),
        "/lib/liba.so": lib("libv.so", needs={"libv.so": [("V_7", False), ("V_1", False)]}),
        "/bin/main": main("liba.so")}),
    ("a version asked of a file by its name, not its soname", {
        "/lib/file.so": library(soname="libv.so", defines=["libv.so", "V_1"]),
        "/bin/main": main("file.so", needs={"file.so": [("V_3", False)]})}),
]

ROOTFS = [
    ("all variants come along, with what they need", {
        "/a/libx.so": lib(), f"/a/{ISA}/x86-64-v2/libx.so": lib("liby.so"), "/a/liby.so": lib(),
        f"/a/{ISA}/x86-64-v4/libx.so": lib("libz.so"), "/a/libz.so": lib(),
        "/bin/main": main("libx.so", rpath="/a")},
     {"holds": ["/a/libx.so", f"/a/{ISA}/x86-64-v2/libx.so", f"/a/{ISA}/x86-64-v4/libx.so",
                "/a/liby.so", "/a/libz.so"]}),
    ("--hwcaps none leaves the baseline", {
        "/a/libx.so": lib(), f"/a/{ISA}/x86-64-v2/libx.so": lib("liby.so"), "/a/liby.so": lib(),
        "/bin/main": main("libx.so", rpath="/a")},
     {"arguments": ["--hwcaps", "none"], "holds": ["/a/libx.so"],
      "lacks": [f"/a/{ISA}", "/a/liby.so"]}),
    ("--hwcaps with a name brings that one too", {
        "/a/libx.so": lib(), f"/a/{ISA}/x86-64-v2/libx.so": lib(),
        f"/a/{ISA}/x86-64-v3/libx.so": lib(), "/bin/main": main("libx.so", rpath="/a")},
     {"arguments": ["--hwcaps", "x86-64-v3"],
      "holds": ["/a/libx.so", f"/a/{ISA}/x86-64-v3/libx.so"],
      "lacks": [f"/a/{ISA}/x86-64-v2"]}),
    ("variants that only the cache knows come with a cache", {
        "/opt/libx.so": lib(soname="libx.so"), **levels("/opt", "v2", "v3"),
        "/etc/ld.so.conf": "/opt\n", "/bin/main": main("libx.so")},
     {"cache": True, "holds": ["/etc/ld.so.cache", "/opt/libx.so",
                               f"/opt/{ISA}/x86-64-v2/libx.so", f"/opt/{ISA}/x86-64-v3/libx.so"]}),
    ("no cache where the default directories do", {
        "/lib/libx.so": lib(soname="libx.so"), "/bin/main": main("libx.so")},
     {"cache": True, "lacks": ["/etc/ld.so.cache"]}),
    ("every name of a file comes along", {
        "/lib/libx.so.1.2": lib(), "/lib/libx.so.1": Link("libx.so.1.2"),
        "/lib/libx.so": Hard("/lib/libx.so.1.2"), "/bin/main": main("libx.so.1", "libx.so")},
     {"holds": ["/lib/libx.so.1", "/lib/libx.so.1.2", "/lib/libx.so"]}),
    ("an auditing library comes along, with its needs", {
        "/a/libaudit.so": lib("libn.so", rpath="/n"), "/n/libn.so": lib(),
        "/bin/main": make(interp=LOADER, rpath="/a", tags=[(AUDIT, "libaudit.so")])},
     {"holds": ["/a/libaudit.so", "/n/libn.so"]}),
    ("/etc/ld.so.preload comes along where it is followed", {
        "/lib/libp.so": lib(), "/etc/ld.so.preload": "libp.so\n", "/bin/main": main()},
     {"holds": ["/etc/ld.so.preload", "/lib/libp.so"]}),
    ("a newline in a path", {
        "/new\nline/libx.so": lib(), "/bin/main": main("libx.so", rpath="/new\nline")},
     {"holds": ["/new\nline/libx.so"], "newline": True}),
    ("a set-user-ID program may not lead its loader anywhere by $ORIGIN", {
        "/bin/l/libx.so": lib(), "/bin/main": main("libx.so", runpath="$ORIGIN/l")},
     {"setuid": True, "status": 3}),
    ("a set-user-ID program does not listen to the library path", {
        "/a/libx.so": lib(), "/bin/main": main("libx.so")},
     {"setuid": True, "status": 3, "library_path": "/a"}),
]

CASES = (ORDER + IDENTITY + RPATHS + TOKENS + PATHS + DIRECTORIES + CACHES + HWCAPS + WRONG
         + MISSING + FILTERS + PRELOADS + VERSIONS + ROOTFS)
