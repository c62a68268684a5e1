#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""musl's rules: what its own loader lists (--list), and what we do. Prints TAP.

    musl.py MKROOTFS
"""

import os
import sys

import odd
from tiny_elf import (AUXILIARY, DF_1_NODEFLIB, ET_EXEC, PT_INTERP, PT_LOAD, make,
                      with_segment)
from world import LOADER, MUSL, Hard, Link, World, by_mkrootfs, clean, in_root, library


def lib(*needed, **arguments):
    return library(needed=needed, **arguments)


def main_(*needed, **arguments):
    return make(needed=needed, interp=MUSL, **arguments)


def contents(path):
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


GLIBC = contents(LOADER)
PATH_FILE = "/etc/ld-musl-x86_64.path"
CASES = [
    ("the default path", {
        "/lib/liba.so": lib(), "/usr/local/lib/liba.so": lib(), "/usr/local/lib/libb.so": lib(),
        "/usr/lib/libb.so": lib(), "/usr/lib/libd.so": lib(),
        "/bin/main": main_("liba.so", "libb.so", "libd.so")}),
    ("the path file takes its place", {
        "/lib/liba.so": lib(), "/opt/liba.so": lib(), PATH_FILE: "/none:/opt\n",
        "/bin/main": main_("liba.so")}),
    ("the path file has lines too", {
        "/x/liba.so": lib(), "/y/libb.so": lib(), PATH_FILE: "/x\n/y\n",
        "/bin/main": main_("liba.so", "libb.so")}),
    ("an empty path file leaves no directory", {
        "/lib/liba.so": lib(), PATH_FILE: "", "/bin/main": main_("liba.so")}),
    ("ld.so.conf and its cache mean nothing", {
        "/opt/liba.so": lib(soname="liba.so"), "/etc/ld.so.conf": "/opt\n",
        "/bin/main": main_("liba.so")}, {"cache": True}),
    ("libc's names are the loader", {
        "/bin/main": main_("libc.so", "libm.so.6", "libpthread.so.0", "libc.so.6")}),
    ("libc's names are never searched", {
        "/lib/libc.so": lib(), "/lib/librt.so.1": lib(), "/bin/main": main_("libc.so", "librt.so.1")}),
    ("the loader by its path", {"/bin/main": main_(MUSL)}),
    ("a name that only begins like libc's", {
        "/lib/libcrypt.so": lib(), "/lib/libmy.so": lib(),
        "/bin/main": main_("libcrypt.so", "libmy.so")}),
    ("DT_RPATH", {"/a/liba.so": lib(), "/bin/main": main_("liba.so", rpath="/a")}),
    ("DT_RUNPATH is inherited", {
        "/a/liba.so": lib("libb.so"), "/a/libb.so": lib(),
        "/bin/main": main_("liba.so", runpath="/a")}),
    ("DT_RUNPATH takes the place of DT_RPATH", {
        "/a/liba.so": lib(), "/b/liba.so": lib(),
        "/bin/main": main_("liba.so", rpath="/a", runpath="/b")}),
    ("the requester's path comes before the program's", {
        "/a/liba.so": lib("libx.so", runpath="/b"), "/a/libx.so": lib(), "/b/libx.so": lib(),
        "/bin/main": main_("liba.so", runpath="/a")}),
    ("the library path comes before the requester's", {
        "/a/liba.so": lib(), "/b/liba.so": lib(), "/bin/main": main_("liba.so", runpath="/a")},
     {"library_path": "/b"}),
    ("a semicolon does not split the library path", {
        "/b/liba.so": lib(), "/lib/liba.so": lib(), "/bin/main": main_("liba.so")},
     {"library_path": "/none;/b"}),
    ("empty elements are skipped", {
        "/liba.so": lib(), "/b/liba.so": lib(), "/bin/main": main_("liba.so", rpath=":/b:")}),
    ("$ORIGIN of a library", {
        "/a/liba.so": lib("libb.so", runpath="$ORIGIN/b"), "/a/b/libb.so": lib(),
        "/bin/main": main_("liba.so", rpath="/a")}),
    ("another token makes the whole path void", {
        "/a/liba.so": lib(), "/lib/liba.so": lib(),
        "/bin/main": main_("liba.so", rpath="/a:/$LIB")}),
    ("tokens in needs are literal", {
        "/a/$ORIGIN.so": lib(), "/bin/main": main_("$ORIGIN.so", rpath="/a")}),
    ("a soname answers to nothing", {
        "/odd/file": lib(soname="libs.so.1"), "/lib/libb.so": lib("libs.so.1"),
        "/bin/main": main_("/odd/file", "libb.so")}),
    ("one file by two names is one object", {
        "/lib/liba.so": lib(), "/lib/libb.so": Hard("/lib/liba.so"), "/lib/libd.so": Link("liba.so"),
        "/bin/main": main_("liba.so", "libb.so", "libd.so")}),
    ("a library by path and then by name", {
        "/lib/liba.so": lib(), "/bin/main": main_("/lib/liba.so", "liba.so")}),
    ("a library by name and then by path", {
        "/lib/liba.so": lib(), "/bin/main": main_("liba.so", "/lib/liba.so")}),
    ("glibc-hwcaps and tls mean nothing", {
        "/a/liba.so": lib(), "/a/glibc-hwcaps/x86-64-v2/liba.so": lib(), "/a/tls/liba.so": lib(),
        "/bin/main": main_("liba.so", rpath="/a")}),
    ("DF_1_NODEFLIB means nothing", {
        "/lib/liba.so": lib(), "/bin/main": main_("liba.so", flags_1=DF_1_NODEFLIB)}),
    ("DT_AUXILIARY means nothing", {
        "/lib/libaux.so": lib(), "/lib/liba.so": library(tags=[(AUXILIARY, "libaux.so")]),
        "/bin/main": main_("liba.so")}),
    ("breadth first", {
        "/lib/liba.so": lib("libd.so"), "/lib/libb.so": lib(), "/lib/libd.so": lib(),
        "/bin/main": main_("liba.so", "libb.so")}),
    ("versions mean nothing", {
        "/lib/libv.so": library(defines=["libv.so", "V_1"]),
        "/bin/main": main_("libv.so", needs={"libv.so": [("V_2", False)]})}),
    ("a missing library", {
        "/lib/liba.so": lib(), "/bin/main": main_("libnone.so", "liba.so")}),
    ("a missing library of a library", {
        "/lib/liba.so": lib("libnone.so"), "/bin/main": main_("liba.so")}),
    ("a relative need", {"/sub/liba.so": lib(), "/bin/main": main_("sub/liba.so")}),
    ("a program without needs", {"/bin/main": main_()}),
    ("a library as FILE", {
        "/lib/libx.so": lib(), "/a/liba.so": lib("libx.so", "libc.musl-x86_64.so.1")},
     {"run": "/a/liba.so"}),
    ("a library as FILE that says libc.so", {
        "/lib/libx.so": lib(), "/a/liba.so": lib("libx.so", "libc.so")}, {"run": "/a/liba.so"}),
    ("a library as FILE that says nothing, where musl is the only loader", {
        "/lib/libx.so": lib(), "/a/liba.so": lib("libx.so")}, {"run": "/a/liba.so"}),
    ("a library as FILE that misses one", {
        "/a/liba.so": lib("libnone.so", "libc.so")}, {"run": "/a/liba.so"}),
    ("a library as FILE where glibc is there too", {
        "/lib64/ld-linux-x86-64.so.2": GLIBC, "/lib/libx.so": lib(), "/usr/local/lib/libx.so": lib(),
        "/a/liba.so": lib("libx.so", "libc.musl-x86_64.so.1")}, {"run": "/a/liba.so"}),
    ("a library of another machine is not looked at closely", {
        "/lib/liba.so": library(machine=183), "/bin/main": main_("liba.so")}),
    ("another OS ABI does not matter", {
        "/lib/liba.so": library(ident={7: 9}), "/bin/main": main_("liba.so")}),
    ("a fixed program as a need", {
        "/a/prog": make(kind=ET_EXEC), "/bin/main": main_("/a/prog")}),
    ("a dangling link goes on to the next directory", {
        "/a/liba.so": Link("none"), "/lib/liba.so": lib(), "/bin/main": main_("liba.so", rpath="/a")}),
    ("a file for a directory goes on to the next", {
        "/a": "file", "/lib/liba.so": lib(), "/bin/main": main_("liba.so", rpath="/a")}),
    ("a name that is too long", {
        "/lib/libb.so": lib(), "/bin/main": main_("lib" + "x" * 300 + ".so", "libb.so")}),
    ("a loader at another place has its path file there", {
        "/opt/musl/lib/ld-musl-x86_64.so.1": Hard(MUSL), "/lib/liba.so": lib(),
        "/opt/x/liba.so": lib(), "/opt/musl/etc/ld-musl-x86_64.path": "/opt/x\n",
        "/bin/main": make(needed=["liba.so"], interp="/opt/musl/lib/ld-musl-x86_64.so.1")},
     {"loader": "/opt/musl/lib/ld-musl-x86_64.so.1"}),
    ("a loader that is a link to libc.so", {
        "/usr/lib/libc.so": Hard(MUSL), MUSL: Link("/usr/lib/libc.so"), "/lib/liba.so": lib("libc.so"),
        "/bin/main": main_("liba.so", "/usr/lib/libc.so")}),
    ("the path file's last line without an end", {
        "/x/liba.so": lib(), PATH_FILE: "/none\n/x", "/bin/main": main_("liba.so")}),
    ("the path file with spaces and slashes", {
        "/x y/liba.so": lib(), PATH_FILE: "/x y//\n", "/bin/main": main_("liba.so")}),
    ("the path file has no tokens and no comments", {
        "/#x/liba.so": lib(), "/$ORIGIN/libb.so": lib(), PATH_FILE: "/#x\n/$ORIGIN\n",
        "/bin/main": main_("liba.so", "libb.so")}),
    ("a relative directory in the path file", {
        "/x/liba.so": lib(), PATH_FILE: "x\n", "/bin/main": main_("liba.so")}),
    ("a path file by a dangling link", {
        "/lib/liba.so": lib(), PATH_FILE: Link("none"), "/bin/main": main_("liba.so")}),
    ("LD_PRELOAD", {
        "/lib/libp.so": lib("libq.so"), "/lib/libq.so": lib(), "/lib/liba.so": lib(),
        "/bin/main": main_("liba.so")}, {"preload": "libp.so"}),
    ("/etc/ld.so.preload means nothing", {
        "/lib/libp.so": lib(), "/etc/ld.so.preload": "libp.so\n", "/bin/main": main_()}),
    ("an empty DT_RPATH", {"/lib/liba.so": lib(), "/bin/main": main_("liba.so", rpath="")}),
    ("an empty DT_RUNPATH takes DT_RPATH away", {
        "/a/liba.so": lib(), "/lib/liba.so": lib(),
        "/bin/main": main_("liba.so", rpath="/a", runpath="")}),
    ("lines split DT_RPATH too", {
        "/a/liba.so": lib(), "/bin/main": main_("liba.so", rpath="/none\n/a")}),
    ("a relative DT_RPATH", {"/a/liba.so": lib(), "/bin/main": main_("liba.so", rpath="a")}),
    ("${ORIGIN}", {
        "/a/liba.so": lib("libb.so", runpath="${ORIGIN}/b"), "/a/b/libb.so": lib(),
        "/bin/main": main_("liba.so", rpath="/a")}),
    ("$ORIGIN is no whole word", {
        "/aX/libb.so": lib(), "/a/liba.so": lib("libb.so", runpath="$ORIGINX"),
        "/bin/main": main_("liba.so", rpath="/a")}),
    ("$ORIGIN of a library that was found by a link", {
        "/r/liba.so": lib("libb.so", runpath="$ORIGIN/b"), "/a/liba.so": Link("../r/liba.so"),
        "/a/b/libb.so": lib(), "/r/b/libb.so": lib(), "/bin/main": main_("liba.so", rpath="/a")}),
    ("$ORIGIN of the program", {
        "/bin/l/liba.so": lib(), "/bin/main": main_("liba.so", rpath="$ORIGIN/l")},
     {"origin": True}),
    ("two files of one name: the first one answers", {
        "/a/libx.so": lib(), "/b/libx.so": lib(), "/a/liba.so": lib("libx.so", rpath="/b"),
        "/bin/main": main_("libx.so", "liba.so", rpath="/a")}),
    ("a file by path does not answer to its name", {
        "/a/libx.so": lib(), "/lib/libx.so": lib(),
        "/bin/main": main_("/a/libx.so", "libx.so")}),
    ("the program by its path and its soname", {
        "/bin/main": main_("/bin/main", "libmain.so", soname="libmain.so"), "/lib/libmain.so": lib()}),
    ("a cycle of needs ends", {
        "/lib/liba.so": lib("libb.so"), "/lib/libb.so": lib("liba.so"),
        "/bin/main": main_("liba.so")}),
    ("several of the loader's names in one library", {
        "/lib/liba.so": lib("libc.so", "libm.so", "libc.musl-x86_64.so.1"),
        "/bin/main": main_("libpthread.so", "liba.so", "libxnet.so.1", "libutil.so.1")}),
    ("a file that is no library", {
        "/lib/liba.so": "text", "/usr/lib/liba.so": lib(), "/bin/main": main_("liba.so")}),
    ("a library whose segment is not aligned", {
        "/lib/liba.so": with_segment(lib("libb.so"), PT_LOAD, vaddr=2), "/lib/libb.so": lib(),
        "/bin/main": main_("liba.so")}, {"not_started": True}),
    ("a library with a loader's name that is not in the file", {
        "/lib/liba.so": with_segment(make(needed=["libb.so"], interp=MUSL), PT_INTERP,
                                     offset=1 << 40),
        "/lib/libb.so": lib(), "/bin/main": main_("liba.so")}),
    ("a file by path that is no library", {
        "/a/liba.so": "text", "/bin/main": main_("/a/liba.so", "libnone.so")}),
    ("a directory for a library", {
        "/lib/liba.so/x": "", "/bin/main": main_("liba.so")}),
    ("a link loop for a library ends the search", {
        "/a/liba.so": Link("liba.so"), "/lib/liba.so": lib(),
        "/bin/main": main_("liba.so", rpath="/a")}),
    ("a directory for a path file", {
        PATH_FILE + "/x": "", "/lib/liba.so": lib(), "/bin/main": main_("liba.so")}),
    ("a path file by a link loop", {
        PATH_FILE: Link("ld-musl-x86_64.path"), "/lib/liba.so": lib(),
        "/bin/main": main_("liba.so")}),
    ("the last error stands until another comes", {
        PATH_FILE: "", "/a/liba.so": "text", "/bin/main": main_("/a/liba.so", "libb.so", "")}),
    ("a directory of the path that is a file, the last", {
        "/usr/lib": "file", "/bin/main": main_("liba.so")}),
    ("a directory of the path by a link loop", {
        "/lib/x": Link("x"), "/usr/lib/liba.so": lib(),
        "/bin/main": main_("liba.so", rpath="/lib/x")}),
    ("a path that is too long is passed over", {
        "/lib/liba.so": lib(), PATH_FILE: "",
        "/bin/main": main_("liba.so", rpath="/" + "x" * 250 + "/" + "y" * 250)}),
    ("two that miss one library", {
        "/lib/liba.so": lib("libnone.so"), "/lib/libb.so": lib("libnone.so"),
        "/bin/main": main_("liba.so", "libb.so")}),
    ("bytes that are not UTF-8 in a path", {
        "/caf\udce9/libx.so": lib(), "/bin/main": main_("libx.so", rpath="/caf\udce9")}),
]


def said(lines):
    return sorted(line for line in lines if line.startswith("Error loading"))


def complaints_of(mkrootfs, files, options):
    with World(MUSL) as world:
        odd.build(world, files, options)
        path = options.get("run", "/bin/main")
        if options.get("origin"):
            world.mount_proc(world.root)
        run = in_root(world.root, [options.get("loader", MUSL), "--list", path],
                      odd.environment_of(options))
        theirs, their_words = clean(run.stdout), said(run.stderr.splitlines())
        ours, _, status = by_mkrootfs(mkrootfs, world, path, odd.arguments_of(options))
        listed = [line for line in ours if line.startswith("\t")]
        complaints = []
        if listed != theirs or said(ours) != their_words:
            complaints += ["loader   " + line for line in theirs + their_words]
            complaints += ["mkrootfs " + line for line in ours]
        if status != (3 if their_words else 0):
            complaints.append(f"status {status}")
        if status == 0 and not options.get("not_started"):
            complaints += odd.run_result(mkrootfs, world, options)
    return complaints


def main():
    mkrootfs = sys.argv[1]
    if os.getuid() != 0:
        print("1..0 # SKIP only root may chroot")
        return 0
    if not os.path.exists(MUSL):
        print("1..0 # SKIP there is no musl here")
        return 0
    failed = False
    for number, case in enumerate(CASES, 1):
        description, files, options = (*case, {})[:3]
        complaints = complaints_of(mkrootfs, files, options)
        print("not ok" if complaints else "ok", number, "-", description)
        for line in complaints:
            print("#  ", line)
        failed |= bool(complaints)
    print(f"1..{len(CASES)}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
