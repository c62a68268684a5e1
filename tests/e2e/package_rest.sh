#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The rest of a program's package, whatever form it has, and the packages that it depends on for data.
# shellcheck source=tests/e2e/belongs_lib.sh
. "$(dirname "$0")/belongs_lib.sh"

# What is no listed file of data.
begin
made /usr/bin/game
mkdir -p "$WORK"/sysroot/usr/lib/game/{site/short,empty} "$WORK"/sysroot/usr/share/{man/man6,shared/lone}
there /usr/share/game/units.a /usr/share/game/libgame.a /usr/share/game/README.rules /usr/share/game/README /usr/share/game/a /usr/share/game/b /usr/share/game/cache.db \
	/usr/share/game/theirs /usr/share/mixed/one /usr/share/mixed/x /usr/share/mixed/y /usr/share/mixed/z \
	/etc/game/game.conf /etc/game/local.conf /usr/share/elsewhere/data
ln -s ../elsewhere "$WORK/sysroot/usr/share/game/linked"
package game game '' /usr/bin/game /usr/lib/game/site/short /usr/share/game/README.rules /usr/share/game/README \
	/usr/share/game/units.a /usr/share/game/libgame.a \
	/usr/share/game/a /usr/share/game/b /usr/share/mixed/one /etc/game/game.conf /usr/share/man/man6
package theme theme '' /usr/share/game/theirs
check "a file that is only called like documentation" brings /usr/bin/game -- /usr/share/game/README.rules
check "a file that is only called like a static library" brings /usr/bin/game -- /usr/share/game/units.a
check "a static library stays out" leaves_out /usr/bin/game -- /usr/share/game/libgame.a
check "documentation stays out" leaves_out /usr/bin/game -- /usr/share/game/README
check "an empty directory of its own" brings /usr/bin/game -- /usr/lib/game/site/short
check "not one of everybody, nor what no package lists" \
	leaves_out /usr/bin/game -- /usr/share/man/man6 /usr/lib/game/empty
check "a file of nobody beside its own" brings /usr/bin/game -- /usr/share/game/cache.db
check "not one of another package, nor where others have most, nor what the administrator wrote" \
	leaves_out /usr/bin/game -- /usr/share/game/theirs /usr/share/mixed/x /etc/game/local.conf

# Links to directories.
begin
made /usr/bin/stream
there /usr/share/stream/libs/std /usr/share/skins/one /usr/share/alien/two
mkdir -p "$WORK/sysroot/usr/share/stream/2.1"
ln -s ../libs "$WORK/sysroot/usr/share/stream/2.1/libs"
ln -s ../skins "$WORK/sysroot/usr/share/stream/skins"
ln -s ../alien "$WORK/sysroot/usr/share/stream/alien"
package stream stream skins /usr/bin/stream /usr/share/stream/libs/std /usr/share/stream/2.1/libs \
	/usr/share/stream/skins /usr/share/stream/alien
package skins skins '' /usr/share/skins/one
package alien alien '' /usr/share/alien/two
check "a link to a directory of its own" brings /usr/bin/stream -- /usr/share/stream/2.1/libs
check "a link to one of a package that it depends on, with what is there" \
	brings /usr/bin/stream -- /usr/share/stream/skins /usr/share/skins/one
check "not what stands in one of another" leaves_out /usr/bin/stream -- /usr/share/stream/alien /usr/share/alien/two

# Data among commands.
begin
made /usr/bin/lang
there /usr/lib/lang/bin/start.boot /usr/lib/lang/bin/other
chmod 755 "$WORK/sysroot/usr/lib/lang/bin/other"
package lang lang '' /usr/bin/lang /usr/lib/lang/bin/start.boot /usr/lib/lang/bin/other
check "what stands among commands and is none" brings /usr/bin/lang -- /usr/lib/lang/bin/start.boot
check "not a command" leaves_out /usr/bin/lang -- /usr/lib/lang/bin/other

# Packages whose place is inside.
begin
made /usr/bin/algebra
there /usr/share/algebra/lib/x /usr/share/algebra/pkg/own /usr/share/algebra/pkg/guide/init \
	/usr/share/algebra/pkg/half/init /usr/share/algebra/pkg/unasked/init /usr/share/half/x /usr/share/doc/guide/x
package algebra algebra 'guide, half' /usr/bin/algebra /usr/share/algebra/lib/x /usr/share/algebra/pkg/own
package guide guide '' /usr/share/algebra/pkg/guide/init /usr/share/doc/guide/x
package half half '' /usr/share/algebra/pkg/half/init /usr/share/half/x
package unasked unasked '' /usr/share/algebra/pkg/unasked/init
check "a package that it depends on, all of which is in a directory of its own" \
	brings /usr/bin/algebra -- /usr/share/algebra/pkg/guide/init
check "not one that has files elsewhere too, nor one that it does not depend on" \
	leaves_out /usr/bin/algebra -- /usr/share/algebra/pkg/half/init /usr/share/algebra/pkg/unasked/init

# Packages of other sources.
begin
made /usr/bin/app
there /usr/share/words/small /usr/share/words/code.py /usr/share/coded/x /usr/share/unasked/x
package app app 'words-data, coded-common, big-data, plain' /usr/bin/app
sed -i '/^Package: app$/,/^$/s/^Version/Recommends: unasked-data\nVersion/' "$WORK/sysroot/var/lib/dpkg/status"
ARCHITECTURE=all package words-data words '' /usr/share/words/small
ARCHITECTURE=all package coded-common coded '' /usr/share/coded/x /usr/share/words/code.py
ARCHITECTURE=all package unasked-data unasked '' /usr/share/unasked/x
there /usr/share/plain/x
ARCHITECTURE=all package plain plain '' /usr/share/plain/x
mkdir -p "$WORK/sysroot/usr/share/big"
head -c 6000000 /dev/zero >"$WORK/sysroot/usr/share/big/file"
ARCHITECTURE=all package big-data big '' /usr/share/big/file
check "small data of another source that it depends on" brings /usr/bin/app -- /usr/share/words/small
check "not what has code, is only recommended, or is not called data" \
	leaves_out /usr/bin/app -- /usr/share/coded/x /usr/share/unasked/x /usr/share/plain/x
check "big data is left out" leaves_out /usr/bin/app -- /usr/share/big/file
check "and told with its size" \
	says "1 tree, 5.7 MiB.*-a /usr/share/big, or --with data" mkrootfs --sysroot "$WORK/sysroot" /usr/bin/app -o "$WORK/app.tar"
check "--with data brings it" brings /usr/bin/app --with data -- /usr/share/big/file

# Large directories of other packages, to which links of its own tree or strings lead.
begin
made /usr/bin/site /usr/share/site /usr/share/counted /usr/share/advised
there /usr/share/site/index /usr/share/small/x /usr/share/site-more/x
for directory in large counted advised site-more; do
	there "/usr/share/$directory/first"
	truncate -s 40M "$WORK/sysroot/usr/share/$directory/second"
done
ln -s ../large "$WORK/sysroot/usr/share/site/large"
ln -s ../small "$WORK/sysroot/usr/share/site/small"
ln -s ../site-more "$WORK/sysroot/usr/share/site/more"
ln -s ../large "$WORK/sysroot/usr/share/small/away"
package site site 'large, small, counted, site-more' /usr/bin/site /usr/share/site/{index,large,small,more}
sed -i '/^Package: site$/,/^$/s/^Version/Recommends: advised\nVersion/' "$WORK/sysroot/var/lib/dpkg/status"
package site-more site '' /usr/share/site-more/{first,second}
package large large '' /usr/share/large/{first,second}
package small small '' /usr/share/small/{x,away}
package counted counted '' /usr/share/counted/{first,second}
package advised advised '' /usr/share/advised/{first,second}
check "a small directory of others, to which a link of its own tree leads" \
	brings /usr/bin/site -- /usr/share/site/small /usr/share/small/x
check "a large one that is of its own source" brings /usr/bin/site -- /usr/share/site-more/second
check "not a large one of others, behind the link that is there" \
	brings /usr/bin/site -- /usr/share/site/large
check "nor what is in it" leaves_out /usr/bin/site -- /usr/share/large/first /usr/share/large/second
check "a large one that the FILE itself names and its package depends on" \
	brings /usr/bin/site -- /usr/share/counted/second
check "not one that its package only recommends" leaves_out /usr/bin/site -- /usr/share/advised/first
check "both are told, with their size" \
	says "site: left out what is read of other packages (2 trees, 80.0 MiB); to bring it: -a /usr/share/advised -a /usr/share/large, or --with data for all$" \
	mkrootfs --sysroot "$WORK/sysroot" /usr/bin/site --list
check "-a brings it, to where the link leads" \
	brings /usr/bin/site -a /usr/share/large -- /usr/share/site/large /usr/share/large/second
check "and only the other is told then" \
	says "(1 tree, 40.0 MiB); to bring it: -a /usr/share/advised," \
	mkrootfs --sysroot "$WORK/sysroot" /usr/bin/site -a /usr/share/large --list
check "--with data brings all" \
	brings /usr/bin/site --with data -- /usr/share/large/second /usr/share/advised/second

# A compiler, and a library for developers of one that is none.
begin
made /usr/bin/compile
made /usr/bin/other
there /usr/include/stdio.h /usr/lib/libc.a /usr/include/linux/types.h /usr/include/unlike.h /usr/share/doc/libc-dev/x
compile "$WORK/sysroot/usr/lib/crt1.o" 'int x;' -c
package compile compile 'libc-dev' /usr/bin/compile
package libc-dev libc 'kernel-dev, unlike' /usr/include/stdio.h /usr/lib/libc.a /usr/lib/crt1.o /usr/share/doc/libc-dev/x
package kernel-dev linux '' /usr/include/linux/types.h
package other other 'unlike-dev' /usr/bin/other
package unlike-dev unlike '' /usr/include/unlike.h
check "who depends on what programs begin with is a compiler, and gets headers and objects" \
	brings /usr/bin/compile -- /usr/include/stdio.h /usr/lib/libc.a /usr/lib/crt1.o /usr/include/linux/types.h
check "without documentation" leaves_out /usr/bin/compile -- /usr/share/doc/libc-dev/x
check "who depends on a library's headers does not" leaves_out /usr/bin/other -- /usr/include/unlike.h

# Libraries that are opened by a composed name.
begin
dynamic /usr/bin/opens libuni.so.%d libnot.so.2 libstrange.so.%s
library() { compile "$WORK/sysroot/usr/lib/x86_64-linux-gnu/$1" "$2" -shared -nostdlib -Wl,-soname,"$1"; }
library libuni.so.72 'const char heavy[6 << 20] = { 1 };'
library libuni.so.9 'int x;'
library libnot.so.2 'int x;'
library libstrange.so.1 'int x;'
put_libc /usr/bin/opens
package opens opens libuni72 /usr/bin/opens
package libuni72 uni '' /usr/lib/x86_64-linux-gnu/libuni.so.72
package libuni9 uni9 '' /usr/lib/x86_64-linux-gnu/libuni.so.9
package libnot2 not '' /usr/lib/x86_64-linux-gnu/libnot.so.2
check "the library of the package that it depends on, whatever it weighs" \
	brings /usr/bin/opens -- /usr/lib/x86_64-linux-gnu/libuni.so.72
check "no other of such a name" leaves_out /usr/bin/opens -- /usr/lib/x86_64-linux-gnu/libuni.so.9 \
	/usr/lib/x86_64-linux-gnu/libnot.so.2 /usr/lib/x86_64-linux-gnu/libstrange.so.1
finish
