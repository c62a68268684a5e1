# SPDX-License-Identifier: Apache-2.0
"""More odd cases, of the same form as those of cases.py: the corners of the rules."""

from cases import ISA, MULTIARCH, levels, lib, main
from tiny_elf import (AUDIT, AUXILIARY, DEPAUDIT, DF_1_NODEFLIB, ET_EXEC, FILTER, NEEDED, abi_tag,
                      PLTREL, PT_DYNAMIC, PT_INTERP, PT_LOAD, PT_NOTE, RELA, RELAENT, RELASZ,
                      isa_needed, make, with_segment)
from world import LOADER, Hard, Link, library

NOBODY = 65534
LONG = "lib" + "x" * 300 + ".so"
LINUX, HURD = 0, 1

NAMES = [
    ("an empty need is the program", {"/lib/libx.so": lib(), "/bin/main": main("")},
     {"direct": True}),
    ("an empty need of a library is the program", {
        "/lib/libx.so": lib(""), "/bin/main": main("libx.so")}, {"direct": True}),
    ("an empty need of a library by itself is a directory", {
        "/lib/libx.so": lib(), "/a/liba.so": lib("")}, {"run": "/a/liba.so"}),
    ("an empty need where no directory is searched", {
        "/bin/main": main("", flags_1=DF_1_NODEFLIB)}, {"direct": True}),
    ("a need that is a directory's name", {"/a/x/file": "", "/bin/main": main("/a/x")}),
    ("a need with a slash at its end", {"/a/libx.so": lib(), "/bin/main": main("/a/libx.so/")}),
    ("a need through a file", {"/a/libx.so": lib(), "/bin/main": main("/a/libx.so/y")}),
    ("a name that is too long ends its list of directories", {
        "/bin/main": main(LONG, rpath="/a:/b"), "/a/file": ""}),
    ("a need with two slashes", {"/a/libx.so": lib(), "/bin/main": main("/a//libx.so")}),
    ("two spellings of one path are one object", {
        "/a/libx.so": lib(), "/bin/main": main("/a/libx.so", "/a/./libx.so", "/b/../a/libx.so"),
        "/b/file": ""}),
    ("'..' behind a link leads from where the link leads", {
        "/r/s/file": "", "/r/libx.so": lib(), "/libx.so": lib(), "/l": Link("r/s"),
        "/bin/main": main("/l/../libx.so")}),
    ("'..' behind what is not there leads nowhere", {
        "/a/libx.so": lib(), "/bin/main": main("libx.so", rpath="/none/../a")}),
    ("a loop of links by path", {
        "/a/libx.so": Link("libx.so"), "/bin/main": main("/a/libx.so")}),
    ("a dangling link by path", {"/a/libx.so": Link("none"), "/bin/main": main("/a/libx.so")}),
    ("a name with a percent sign", {
        "/a/lib%s%n.so": lib(), "/bin/main": main("lib%s%n.so", rpath="/a")}),
    ("a name with an arrow", {
        "/a/libx => y.so": lib(), "/bin/main": main("libx => y.so", rpath="/a")}),
    ("a name with a backslash and a tab", {
        "/a/lib\\x\ty.so": lib(), "/bin/main": main("lib\\x\ty.so", rpath="/a")}),
    ("a soname with a slash answers to the path", {
        "/a/liba.so": lib(soname="/x/libs.so"), "/bin/main": main("/a/liba.so", "/x/libs.so")}),
    ("an empty soname", {
        "/a/liba.so": lib(soname=""), "/bin/main": main("liba.so", rpath="/a")}),
    ("a soname of another library that is needed first", {
        "/lib/liba.so": lib(soname="libb.so"), "/lib/libb.so": lib(soname="liba.so"),
        "/bin/main": main("liba.so", "libb.so")}),
]

PROGRAMS = [
    ("a fixed program", {"/lib/libx.so": lib(), "/bin/main": main("libx.so", kind=ET_EXEC)}),
    ("a library as FILE", {
        "/lib/libx.so": lib(), "/a/liba.so": lib("libx.so")}, {"run": "/a/liba.so"}),
    ("a library as FILE with a DT_RUNPATH of its own", {
        "/a/l/libx.so": lib(), "/a/liba.so": lib("libx.so", runpath="$ORIGIN/l")},
     {"run": "/a/liba.so", "origin": True}),
    ("a library as FILE that misses one", {
        "/a/liba.so": lib("libnone.so")}, {"run": "/a/liba.so"}),
    ("a library as FILE, by a link", {
        "/lib/libx.so": lib(), "/a/liba.so.1": lib("libx.so"), "/a/liba.so": Link("liba.so.1")},
     {"run": "/a/liba.so"}),
    ("a loader at another place", {
        "/opt/ld.so": Hard(LOADER), "/lib/libx.so": lib("ld-linux-x86-64.so.2"),
        "/bin/main": main("libx.so", interp="/opt/ld.so")}, {"direct": True}),
    ("a loader by a link", {
        "/opt/ld.so": Link(LOADER), "/lib/libx.so": lib("ld-linux-x86-64.so.2"),
        "/bin/main": main("libx.so", interp="/opt/ld.so")}, {"direct": True}),
    ("a loader by an odd spelling", {
        "/lib/libx.so": lib(LOADER),
        "/bin/main": main("libx.so", interp="//lib64/./ld-linux-x86-64.so.2")}, {"direct": True}),
    ("a program in a directory behind a link", {
        "/opt/p/main": main("libx.so", rpath="$ORIGIN/../l"), "/opt/l/libx.so": lib(),
        "/p": Link("opt/p")},
     {"run": "/p/main", "origin": True,
      "differs": "ldd takes the link's directory for $ORIGIN, the kernel the file's"}),
    ("a program at another place in the rootfs takes its $ORIGIN along", {
        "/build/main": main("libx.so", rpath="$ORIGIN/l"), "/build/l/libx.so": lib()},
     {"run": "/build/main", "dest": "/srv/app", "origin": True, "holds": ["/srv/l/libx.so"],
      "lacks": ["/build"]}),
    ("a program at another place in the rootfs leaves fixed paths alone", {
        "/build/main": main("libx.so", rpath="/build/l"), "/build/l/libx.so": lib()},
     {"run": "/build/main", "dest": "/srv/app", "holds": ["/build/l/libx.so", "/srv/app"],
      "lacks": ["/build/main"]}),
    ("a program at another place, whose library has an $ORIGIN too", {
        "/build/main": main("liba.so", rpath="$ORIGIN/l"),
        "/build/l/liba.so": lib("libb.so", runpath="$ORIGIN/m"), "/build/l/m/libb.so": lib()},
     {"run": "/build/main", "dest": "/app", "origin": True,
      "holds": ["/l/liba.so", "/l/m/libb.so"]}),
    ("a program that climbs out by $ORIGIN", {
        "/opt/p/bin/main": main("libx.so", rpath="$ORIGIN/../../../../opt/p/lib"),
        "/opt/p/lib/libx.so": lib()}, {"run": "/opt/p/bin/main", "origin": True}),
]

ACCESS = [
    ("a directory that may not be entered is passed over", {
        "/a/libx.so": lib(), "/b/libx.so": lib(), "/bin/main": main("libx.so", rpath="/a:/b")},
     {"modes": {"/a": 0o700}, "user": NOBODY}),
    ("a file that may not be read is passed over", {
        "/a/libx.so": lib(), "/b/libx.so": lib(), "/bin/main": main("libx.so", rpath="/a:/b")},
     {"modes": {"/a/libx.so": 0}, "user": NOBODY}),
    ("a file that may not be read in the cache is passed over", {
        "/opt/libx.so": lib(soname="libx.so"), "/lib/libx.so": lib(soname="libx.so"),
        "/etc/ld.so.conf": "/opt\n", "/bin/main": main("libx.so")},
     {"cache": True, "modes": {"/opt/libx.so": 0}, "user": NOBODY}),
    ("nothing but a file that may not be read", {
        "/a/libx.so": lib(), "/bin/main": main("libx.so", rpath="/a")},
     {"modes": {"/a/libx.so": 0}, "user": NOBODY}),
    ("a set-user-ID program below a default directory may use $ORIGIN", {
        "/usr/lib/p/l/libx.so": lib(), "/usr/lib/p/main": main("libx.so", runpath="$ORIGIN/l")},
     {"run": "/usr/lib/p/main", "setuid": True, "origin": True}),
    ("a set-user-ID program may use fixed paths", {
        "/a/libx.so": lib(), "/bin/main": main("libx.so", runpath="/a")}, {"setuid": True}),
    ("a set-user-ID program's libraries have no such limits", {
        "/a/liba.so": lib("libb.so", runpath="$ORIGIN/b"), "/a/b/libb.so": lib(),
        "/bin/main": main("liba.so", runpath="/a")}, {"setuid": True}),
    ("a set-user-ID program's needs may have no tokens", {
        "/lib/x86_64-linux-gnu/libx.so": lib(), "/bin/main": main("/$LIB/libx.so")},
     {"setuid": True, "dies": True}),
    ("a set-user-ID program's libraries' needs may have no tokens", {
        "/lib/libx.so": lib(), "/lib/liba.so": lib("$ORIGIN/libx.so"),
        "/bin/main": main("liba.so")}, {"setuid": True, "dies": True}),
    ("a set-user-ID program's needs may have what only looks like a token", {
        "/$LIBRARY/libx.so": lib(), "/bin/main": main("/$LIBRARY/libx.so")}, {"setuid": True}),
    ("a set-user-ID program with $LIB in its DT_RUNPATH", {
        "/a/lib/x86_64-linux-gnu/libx.so": lib(), "/bin/main": main("libx.so", runpath="/a/$LIB")},
     {"setuid": True}),
    ("a set-user-ID program may not climb out of a default directory", {
        "/x/libx.so": lib(), "/usr/lib/p/main": main("libx.so", runpath="$ORIGIN/../../../x")},
     {"run": "/usr/lib/p/main", "setuid": True, "origin": True, "status": 3}),
    ("a set-user-ID program's $ORIGIN must be the first of its element", {
        "/x/usr/lib/p/libx.so": lib(), "/usr/lib/p/main": main("libx.so", runpath="/x/$ORIGIN")},
     {"run": "/usr/lib/p/main", "setuid": True, "origin": True, "status": 3}),
]

LISTS = [
    ("a loop of links in the default directories ends them", {
        MULTIARCH + "/libx.so": Link("libx.so"), "/lib/libx.so": lib(),
        "/bin/main": main("libx.so")}),
    ("a loop of links in DT_RUNPATH leads to the cache", {
        "/a/libx.so": Link("libx.so"), "/b/libx.so": lib(), "/opt/libx.so": lib(soname="libx.so"),
        "/etc/ld.so.conf": "/opt\n", "/bin/main": main("libx.so", runpath="/a:/b")},
     {"cache": True}),
    ("a loop of links in the library path leads to DT_RUNPATH", {
        "/a/libx.so": Link("libx.so"), "/b/libx.so": lib(), "/c/libx.so": lib(),
        "/bin/main": main("libx.so", runpath="/c")}, {"library_path": "/a:/b"}),
    ("a loop of links in one DT_RPATH leads to the next one up", {
        "/a/liba.so": lib("libx.so", rpath="/s:/t"), "/s/libx.so": Link("libx.so"),
        "/t/libx.so": lib(), "/a/libx.so": lib(), "/bin/main": main("liba.so", rpath="/a")}),
    ("a library path of nothing but a separator", {
        "/libx.so": lib(), "/bin/main": main("libx.so")}, {"library_path": ":"}),
    ("${LIB} and $PLATFORM in the library path", {
        "/a/lib/x86_64-linux-gnu/libx.so": lib(), "/bin/main": main("libx.so")},
     {"library_path": "/a/${LIB}"}),
    ("an unknown token in the library path", {
        "/a/$X/libx.so": lib(), "/bin/main": main("libx.so")}, {"library_path": "/a/$X"}),
    ("one directory in two lists is searched in each", {
        "/a/libx.so": lib("liby.so", runpath="/a"), "/a/liby.so": lib(),
        "/bin/main": main("libx.so", rpath="/a:/a/:/a")}),
    ("two spellings of one directory name two paths", {
        "/a/liba.so": lib("libb.so", runpath="/a/."), "/a/libb.so": lib(),
        "/bin/main": main("liba.so", runpath="/a//")}),
    ("a DT_RPATH of a library that was found by DT_RUNPATH serves its own", {
        "/a/liba.so": lib("libb.so", rpath="/b"), "/b/libb.so": lib("libd.so"),
        "/b/libd.so": lib(), "/bin/main": main("liba.so", runpath="/a")}),
    ("a program with both tags has no DT_RPATH for its libraries", {
        "/a/liba.so": lib("libb.so"), "/b/libb.so": lib(),
        "/bin/main": main("liba.so", rpath="/b", runpath="/a")}),
    ("an empty DT_RUNPATH takes DT_RPATH away all the same", {
        "/a/libx.so": lib(), "/bin/main": main("libx.so", rpath="/a", runpath="")}),
    ("a library with an empty DT_RUNPATH does not look at the program's DT_RPATH", {
        "/a/liba.so": lib("libb.so", runpath=""), "/a/libb.so": lib(),
        "/bin/main": main("liba.so", rpath="/a")}),
    ("DF_1_NODEFLIB and a DT_RPATH into a default directory", {
        "/lib/libx.so": lib(), "/bin/main": main("libx.so", rpath="/lib", flags_1=DF_1_NODEFLIB)}),
    ("DF_1_NODEFLIB and a cache entry far below a default directory", {
        "/usr/lib/p/libx.so": lib(soname="libx.so"), "/etc/ld.so.conf": "/usr/lib/p\n",
        "/bin/main": main("libx.so", flags_1=DF_1_NODEFLIB)}, {"cache": True}),
    ("DF_1_NODEFLIB and a cache entry beside a default directory", {
        "/usr/libexec/libx.so": lib(soname="libx.so"), "/etc/ld.so.conf": "/usr/libexec\n",
        "/bin/main": main("libx.so", flags_1=DF_1_NODEFLIB)}, {"cache": True}),
    ("DF_1_NODEFLIB of a library", {
        "/a/liba.so": lib("libx.so", flags_1=DF_1_NODEFLIB), "/lib/libx.so": lib(),
        "/bin/main": main("liba.so", rpath="/a")}),
    ("a directory that is a link to another is another name for it", {
        "/r/liba.so": lib("libb.so", runpath="$ORIGIN"), "/r/libb.so": lib(), "/a": Link("r"),
        "/bin/main": main("liba.so", rpath="/a")}),
    ("a relative DT_RPATH with $ORIGIN of a library", {
        "/sub/liba.so": lib("libb.so", runpath="$ORIGIN"), "/sub/libb.so": lib(),
        "/bin/main": main("liba.so", rpath="sub")}),
]

CACHES = [
    ("a cache in the old format", {
        "/opt/libx.so": lib(soname="libx.so"), "/etc/ld.so.conf": "/opt\n",
        "/bin/main": main("libx.so")}, {"cache": "old"}),
    ("a cache in both formats", {
        "/opt/libx.so": lib(soname="libx.so"), **levels("/opt", "v2"),
        "/etc/ld.so.conf": "/opt\n", "/bin/main": main("libx.so")}, {"cache": "compat"}),
    ("ld.so.conf without a cache: the rootfs gets one", {
        "/opt/libx.so": lib(soname="libx.so"), "/etc/ld.so.conf": "/opt\n",
        "/bin/main": main("libx.so")},
     {"differs": "a root that ldconfig has not seen yet is as good as one it has",
      "heals": True, "holds": ["/etc/ld.so.cache"]}),
    ("two directories of the cache: the first that ldconfig saw", {
        "/opt/libx.so": lib(soname="libx.so"), "/o2/libx.so": lib(soname="libx.so"),
        "/etc/ld.so.conf": "/o2\n/opt\n", "/bin/main": main("libx.so")}, {"cache": True}),
    ("the old hwcaps directories in the cache", {
        "/opt/libx.so": lib(soname="libx.so"), "/opt/tls/libx.so": lib(soname="libx.so"),
        "/opt/x86_64/libx.so": lib(soname="libx.so"), "/etc/ld.so.conf": "/opt\n",
        "/bin/main": main("libx.so")}, {"cache": True}),
    ("cached variants that are gone lead to the default directories", {
        "/opt/libx.so": lib(soname="libx.so"), **levels("/opt", "v2", "v3"),
        "/etc/ld.so.conf": "/opt\n", "/bin/main": main("libx.so")},
     {"cache": True, "after": {"/opt/libx.so": None, f"/opt/{ISA}/x86-64-v2/libx.so": None,
                               f"/opt/{ISA}/x86-64-v3/libx.so": None,
                               "/lib/libx.so": lib()}}),
    ("a file in the cache that became bad ends it", {
        "/opt/libx.so": lib(soname="libx.so"), "/etc/ld.so.conf": "/opt\n",
        "/lib/libx.so": lib(), "/bin/main": main("libx.so")},
     {"cache": True, "after": {"/opt/libx.so": "garbage" * 20}}),
    ("a file in the cache of another machine by now is passed over", {
        "/opt/libx.so": lib(soname="libx.so"), "/etc/ld.so.conf": "/opt\n",
        "/bin/main": main("libx.so")},
     {"cache": True, "after": {"/opt/libx.so": library(machine=183), "/lib/libx.so": lib()}}),
    ("a loop of links in the cache leads to the default directories", {
        "/opt/libx.so": lib(soname="libx.so"), "/etc/ld.so.conf": "/opt\n",
        "/bin/main": main("libx.so")},
     {"cache": True, "after": {"/opt/libx.so": Link("libx.so"), "/lib/libx.so": lib()}}),
    ("$ORIGIN of a library that the cache found", {
        "/opt/liba.so": lib("libb.so", soname="liba.so", runpath="$ORIGIN/b"),
        "/opt/b/libb.so": lib(), "/etc/ld.so.conf": "/opt\n", "/bin/main": main("liba.so")},
     {"cache": True}),
    ("an empty cache file", {
        "/lib/libx.so": lib(), "/etc/ld.so.cache": "", "/bin/main": main("libx.so")}),
]

HWCAPS = [
    ("a link to a variants' directory", {
        "/v/libx.so": lib(), "/a/libx.so": lib(), f"/a/{ISA}/x86-64-v2": Link("../../v"),
        "/bin/main": main("libx.so", rpath="/a")}),
    ("a variant of another machine is passed over", {
        "/a/libx.so": lib(), f"/a/{ISA}/x86-64-v2/libx.so": library(machine=183),
        "/bin/main": main("libx.so", rpath="/a")}),
    ("a variant that is no ELF file ends it", {
        "/a/libx.so": lib(), f"/a/{ISA}/x86-64-v2/libx.so": "garbage" * 20,
        "/bin/main": main("libx.so", rpath="/a")}, {"any_status": True}),
    ("$ORIGIN of a variant is the variants' directory", {
        "/a/libx.so": lib("liby.so", runpath="$ORIGIN"), "/a/liby.so": lib(),
        f"/a/{ISA}/x86-64-v2/libx.so": lib("liby.so", runpath="$ORIGIN"),
        f"/a/{ISA}/x86-64-v2/liby.so": lib(),
        "/bin/main": main("libx.so", rpath="/a")}),
    ("a need by path has no variants", {
        "/a/libx.so": lib(), **levels("/a", "v2"), "/bin/main": main("/a/libx.so")}),
    ("a variant that is a link to the baseline", {
        "/a/libx.so": lib(), f"/a/{ISA}/x86-64-v2/libx.so": Link("../../libx.so"),
        "/bin/main": main("libx.so", rpath="/a")}),
    ("a library that asks for what no processor has", {
        "/a/libx.so": library(notes=[isa_needed(1 << 30)]),
        "/bin/main": main("libx.so", rpath="/a")}, {"any_status": True}),
    ("a library that asks for the baseline", {
        "/a/libx.so": library(notes=[isa_needed(1)]), "/bin/main": main("libx.so", rpath="/a")}),
    ("an ABI tag of another system means nothing since 2.36", {
        "/a/libx.so": library(notes=[abi_tag(HURD, 0, 3, 0)]), "/b/libx.so": lib(),
        "/bin/main": main("libx.so", rpath="/a:/b")}),
    ("an ABI tag of a kernel to come means nothing since 2.36", {
        "/a/libx.so": library(notes=[abi_tag(LINUX, 99, 0, 0)]), "/b/libx.so": lib(),
        "/bin/main": main("libx.so", rpath="/a:/b")}),
]

FILTERS = [
    ("an auxiliary library of another class is none", {
        "/lib/libaux.so": library(ident={4: 1}),
        "/lib/liba.so": library(tags=[(AUXILIARY, "libaux.so")]), "/bin/main": main("liba.so")},
     {"status": 0}),
    ("a filter that is no ELF file", {
        "/lib/libf.so": "garbage" * 20,
        "/lib/liba.so": library(tags=[(FILTER, "libf.so")]), "/bin/main": main("liba.so")}),
    ("a filter between two needs", {
        "/lib/libf.so": lib(), "/lib/liba.so": lib(), "/lib/libb.so": lib(),
        "/lib/libx.so": library(tags=[(NEEDED, "liba.so"), (FILTER, "libf.so"),
                                      (NEEDED, "libb.so")]),
        "/bin/main": main("libx.so")}),
    ("a filter that is its own filter's need", {
        "/lib/libf.so": lib("libx.so"), "/lib/libx.so": library(tags=[(FILTER, "libf.so")]),
        "/bin/main": main("libx.so")}),
    ("a filter by its path", {
        "/a/libf.so": lib(), "/lib/libx.so": library(tags=[(FILTER, "/a/libf.so")]),
        "/bin/main": main("libx.so")}),
    ("a filter by $ORIGIN", {
        "/a/f/libf.so": lib(), "/a/libx.so": library(tags=[(FILTER, "$ORIGIN/f/libf.so")]),
        "/bin/main": main("libx.so", rpath="/a")}),
    ("an auxiliary library with $ORIGIN that is absent", {
        "/a/libx.so": library(tags=[(AUXILIARY, "$ORIGIN/f/libnone.so")]),
        "/bin/main": main("libx.so", rpath="/a")}),
    ("a filter of the program with needs", {
        "/lib/libf.so": lib("libn.so"), "/lib/libn.so": lib(), "/lib/liba.so": lib(),
        "/bin/main": make(needed=["liba.so"], interp=LOADER, tags=[(FILTER, "libf.so")])}),
    ("two objects with one auxiliary library", {
        "/lib/libaux.so": lib(), "/lib/liba.so": library(tags=[(AUXILIARY, "libaux.so")]),
        "/lib/libb.so": library(tags=[(AUXILIARY, "libaux.so")]),
        "/bin/main": main("liba.so", "libb.so")}),
    ("the loader as a filter", {
        "/lib/liba.so": library(tags=[(FILTER, "ld-linux-x86-64.so.2")]),
        "/lib/libb.so": lib(), "/bin/main": main("libb.so", "liba.so")}),
]

PRELOADS = [
    ("/etc/ld.so.preload of what is not there is no error", {
        "/lib/liba.so": lib(), "/etc/ld.so.preload": "libnone.so\n",
        "/bin/main": main("liba.so")}),
    ("/etc/ld.so.preload separated by colons and tabs", {
        "/lib/libp.so": lib(), "/lib/libq.so": lib(), "/lib/libr.so": lib(),
        "/etc/ld.so.preload": "libp.so:libq.so\tlibr.so", "/bin/main": main()}),
    ("an empty /etc/ld.so.preload", {
        "/lib/liba.so": lib(), "/etc/ld.so.preload": "", "/bin/main": main("liba.so")}),
    ("two --preload", {
        "/lib/libp.so": lib(), "/lib/libq.so": lib(), "/bin/main": main()},
     {"preload": "libq.so libp.so"}),
    ("a preload's needs come behind the program's", {
        "/lib/libp.so": lib("libq.so"), "/lib/libq.so": lib(), "/lib/liba.so": lib("libb.so"),
        "/lib/libb.so": lib(), "/etc/ld.so.preload": "libp.so", "/bin/main": main("liba.so")}),
    ("a preload that is found by the program's DT_RUNPATH", {
        "/a/libp.so": lib(), "/etc/ld.so.preload": "libp.so", "/bin/main": main(runpath="/a")}),
]

AUDITS = [
    ("DT_DEPAUDIT of the program", {
        "/a/libaudit.so": lib(), "/bin/main": make(interp=LOADER, rpath="/a",
                                                   tags=[(DEPAUDIT, "libaudit.so")])},
     {"holds": ["/a/libaudit.so"]}),
    ("DT_AUDIT of a library means nothing", {
        "/a/libaudit.so": lib(), "/a/liba.so": library(tags=[(AUDIT, "libaudit.so")]),
        "/bin/main": main("liba.so", rpath="/a")}, {"lacks": ["/a/libaudit.so"]}),
]

VERSIONS = [
    ("a version of the loader's own", {
        "/bin/main": main("ld-linux-x86-64.so.2",
                          needs={"ld-linux-x86-64.so.2": [("GLIBC_2.3", False)]})}),
    ("a version that the loader has not", {
        "/bin/main": main("ld-linux-x86-64.so.2",
                          needs={"ld-linux-x86-64.so.2": [("GLIBC_9.9", False)]})}),
    ("several versions that are not there", {
        "/lib/libv.so": library(soname="libv.so", defines=["libv.so", "V_1"]),
        "/lib/libw.so": library(soname="libw.so", defines=["libw.so", "W_1"]),
        "/lib/liba.so": lib("libv.so", "libw.so",
                            needs={"libv.so": [("V_2", False), ("V_3", True), ("V_4", False)],
                                   "libw.so": [("W_1", False), ("W_2", False)]}),
        "/bin/main": main("liba.so", "libv.so", needs={"libv.so": [("V_5", False)]})}),
    ("a version that is named like the file", {
        "/lib/libv.so": library(soname="libv.so", defines=["libv.so", "V_1"]),
        "/bin/main": main("libv.so", needs={"libv.so": [("libv.so", False)]})}),
    ("a version that a preloaded library of the same soname lacks", {
        "/p/libv.so": library(soname="libv.so", defines=["libv.so", "V_1"]),
        "/lib/libv.so": library(soname="libv.so", defines=["libv.so", "V_2"]),
        "/bin/main": main("libv.so", needs={"libv.so": [("V_2", False)]})},
     {"preload": "/p/libv.so"}),
    ("a version of a library that nothing loads", {
        "/lib/libv.so": library(soname="libv.so", defines=["libv.so", "V_1"]),
        "/bin/main": main("libc.so.6", needs={"libv.so": [("V_1", False)]})}),
    ("a version of a library that nothing loads, behind others", {
        "/lib/libv.so": library(soname="libv.so", defines=["libv.so", "V_1"]),
        "/lib/liba.so": lib("libv.so", needs={"libv.so": [("V_7", False), ("V_8", True)],
                                              "libnone.so": [("N_1", True)]}),
        "/bin/main": main("liba.so")}),
    ("a version of a library that another one loads", {
        "/lib/libv.so": library(soname="libv.so", defines=["libv.so", "V_1"]),
        "/lib/liba.so": lib("libv.so"),
        "/bin/main": main("liba.so", needs={"libv.so": [("V_1", False)]})}),
    ("a version of a library by its soname, by which nobody has asked", {
        "/a/file.so": library(soname="libv.so", defines=["libv.so", "V_1"]),
        "/bin/main": main("/a/file.so", needs={"libv.so": [("V_1", False)]})}),
    ("a version of a library by its soname, by which another one has asked", {
        "/a/file.so": library(soname="libv.so", defines=["libv.so", "V_1"]),
        "/lib/libx.so": lib("libv.so"),
        "/bin/main": main("/a/file.so", "libx.so", needs={"libv.so": [("V_1", False)]})}),
    ("a version of the program by its soname", {
        "/lib/libx.so": lib(),
        "/bin/main": main("libx.so", soname="libv.so", needs={"libv.so": [("V_1", False)]})}),
    ("a version of a library without needs of its own, unloadable or not", {
        "/lib/libx.so": library(soname="libx.so", needs={"libc.so.6": [("GLIBC_2.2.5", False)]}),
        "/bin/main": main("libx.so", "libc.so.6")}),
    ("several versions of a library that has none", {
        "/lib/libv.so": library(soname="libv.so"),
        "/bin/main": main("libv.so", needs={"libv.so": [("V_2", False), ("V_3", True)]})}),
]



def refused(content, **options):
    """A library that its program's loader refuses, or not."""
    return {"/lib/libx.so": content, "/bin/main": main("libx.so")}, options


VDSO = "linux-vdso.so.1"
KERNEL = [
    ("a need that the kernel's own object answers to", {
        "/lib/libx.so": lib(), "/bin/main": main(VDSO, "libx.so")}),
    ("a file that is named as the kernel's own object is", {
        "/lib/" + VDSO: lib(), "/bin/main": main(VDSO)}),
    ("a library that needs the kernel's own object", {
        "/lib/libx.so": lib(VDSO, "liby.so"), "/lib/liby.so": lib(), "/bin/main": main("libx.so")}),
    ("a version of the kernel's own object", {
        "/lib/libx.so": lib(), "/bin/main": main("libx.so", needs={VDSO: [("LINUX_2.6", False)]})}),
    ("the kernel's own object by its path", {"/bin/main": main("/lib/" + VDSO)}),
    ("the kernel's own object preloaded", {
        "/lib/libx.so": lib(), "/bin/main": main("libx.so")}, {"preload": VDSO}),
    ("a library by itself whose loader is not there", {
        "/lib/libx.so": lib(),
        "/a/liba.so": make(needed=["libx.so"], soname="liba.so", interp="/none/ld.so")},
     {"run": "/a/liba.so", "not_started": True}),
    ("a library by itself whose loader is not there, and that needs one", {
        "/lib/libx.so": lib("ld-linux-x86-64.so.2"),
        "/a/liba.so": make(needed=["libx.so"], soname="liba.so", interp="/none/ld.so")},
     {"run": "/a/liba.so", "not_started": True}),
]

TLS = with_segment(library(soname="libt.so", notes=[isa_needed(0)]), PT_NOTE, type=7)
STORAGE = [
    ("thread-local storage in a filter's library of the program", {
        "/lib/libt.so": TLS, "/lib/libx.so": lib(),
        "/bin/main": main("libx.so", tags=[(FILTER, "libt.so")])}, {"assertion": True}),
    ("thread-local storage in an auxiliary library of the program", {
        "/lib/libt.so": TLS, "/lib/libx.so": lib(),
        "/bin/main": main("libx.so", tags=[(AUXILIARY, "libt.so")])}, {"assertion": True}),
    ("thread-local storage in a filter's library of a library", {
        "/lib/libt.so": TLS, "/lib/libx.so": library(tags=[(FILTER, "libt.so")]),
        "/bin/main": main("libx.so")}),
]

SEGMENTS = [
    ("a segment that is not page-aligned", *refused(with_segment(lib(), PT_LOAD, vaddr=8))),
    ("a library without a segment", *refused(with_segment(lib(), PT_LOAD, type=0))),
    ("a fixed program without a segment as a library",
     *refused(with_segment(make(kind=ET_EXEC), PT_LOAD, type=0))),
    ("a segment that is smaller in memory", *refused(with_segment(lib(), PT_LOAD, memsz=8))),
    ("a segment that no memory has room for",
     *refused(with_segment(lib(), PT_LOAD, memsz=1 << 60))),
    ("a segment with an odd alignment", *refused(with_segment(lib(), PT_LOAD, align=3))),
    ("a segment that ends behind the file",
     *refused(with_segment(lib(), PT_LOAD, filesz=1 << 16, memsz=1 << 16))),
    ("an empty dynamic segment", *refused(with_segment(lib(), PT_DYNAMIC, filesz=0))),
    ("a library with a loader that is not there", *refused(make(interp="/none"))),
    ("a library with a loader and an empty dynamic segment",
     *refused(with_segment(make(interp=LOADER), PT_DYNAMIC, filesz=0))),
    ("a library with a loader's name that is not in the file",
     *refused(with_segment(make(interp=LOADER, soname="libx.so"), PT_INTERP, offset=1 << 40))),
    ("a library with a loader's name that has no end",
     *refused(with_segment(make(interp=LOADER), PT_INTERP, filesz=4))),
    ("a library with a loader's name outside, and no segment",
     *refused(with_segment(with_segment(make(interp=LOADER), PT_INTERP, offset=1 << 40),
                           PT_LOAD, type=0))),
    ("a segment that is aligned to more than all memory",
     *refused(with_segment(lib(), PT_LOAD, align=1 << 60))),
    ("a segment that is aligned to half of all memory",
     *refused(with_segment(lib(), PT_LOAD, align=1 << 46))),
    ("a segment that is aligned to much, and could be",
     *refused(with_segment(lib(), PT_LOAD, align=1 << 24))),
    ("an alignment that is no power of two is none",
     *refused(with_segment(lib(), PT_LOAD, align=(1 << 60) + 1))),
    ("a second dynamic segment, which is empty",
     *refused(with_segment(lib(notes=[isa_needed(0)]), PT_NOTE, type=PT_DYNAMIC, filesz=0))),
    ("a second dynamic segment at no address",
     *refused(with_segment(lib(notes=[isa_needed(0)]), PT_NOTE, type=PT_DYNAMIC, vaddr=0))),
    ("a program whose dynamic segment has no size", {
        "/lib/libx.so": lib(),
        "/bin/main": with_segment(main("libx.so"), PT_DYNAMIC, filesz=0)}, {"direct": True}),
    ("relocations of a wrong size",
     *refused(lib(tags=[(RELA, 256), (RELASZ, 24), (RELAENT, 23)]), assertion=True)),
    ("relocations of an unknown kind", *refused(lib(tags=[(PLTREL, 5)]), assertion=True)),
]

CASES = (NAMES + PROGRAMS + ACCESS + LISTS + CACHES + HWCAPS + FILTERS + PRELOADS + AUDITS
         + VERSIONS + KERNEL + STORAGE + SEGMENTS)
