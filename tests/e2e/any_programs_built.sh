#!/usr/bin/env bash
# Programs built from source into /usr/local, where no package database knows anything.
# shellcheck source=tests/e2e/any_programs_lib.sh
. "$(dirname "$0")/any_programs_lib.sh"

# One a line: the source package, and what its configure is told.
# shellcheck disable=SC2016 # for the shell in the Debian
BUILD='
mkdir /src
cd /src
build() {
	name=$1
	shift
	mkdir "/src/$name"
	cd "/src/$name"
	apt-get -q source --tar-only "$name"
	tar -xf ./*.orig.tar.*
	cd "$(dirname "$(find . -maxdepth 2 -name configure)")"
	./configure --prefix=/usr/local "$@"
	make
	make install
}
build enscript
build units
build tcc
build autoconf
build tinyproxy
build lighttpd --without-pcre2 --without-zlib --without-bzip2
cp /src/lighttpd/*/doc/config/conf.d/mime.conf /usr/local/etc/lighttpd-mime.conf
ldconfig
rm -rf /src
'

test_enscript() {
	give /job/x.c <<<'int main(void) { return 0; } /* x */'
	job() {
		here enscript -q -Ec --color -o /tmp/x.ps /job/x.c && grep -v '^%%\|20[0-9][0-9]' "$where/tmp/x.ps" | cksum
	}
	try "" /usr/local/bin/enscript -a /job/x.c
}

test_units() {
	job() {
		here units -t '3 miles' km
	}
	try "" /usr/local/bin/units
}

test_tcc() {
	give /job/x.c <<<'#include <stddef.h>
#include <stdarg.h>
size_t f(int n, ...) { va_list l; va_start(l, n); return va_arg(l, size_t); }'
	job() {
		here tcc -c -o /tmp/x.o /job/x.c && of /tmp/x.o
	}
	try "" /usr/local/bin/tcc -a /job/x.c
}

test_autom4te() {
	give /job/configure.ac <<<'AC_INIT([x],[1])
AC_PROG_CC
AC_OUTPUT'
	job() {
		here autom4te --no-cache -l autoconf -o /tmp/configure /job/configure.ac && of /tmp/configure
	}
	try "" /usr/local/bin/autom4te -a /job/configure.ac
}

test_tinyproxy() {
	give /job/tinyproxy.conf <<-END
		Port $port
		Listen 127.0.0.1
		Timeout 5
		DefaultErrorFile "/usr/local/share/tinyproxy/default.html"
		Filter "/job/filter"
	END
	give /job/filter <<<'^blocked\.example$'
	job() {
		up tinyproxy -d -c /job/tinyproxy.conf
		until_it page -x "127.0.0.1:$port" http://blocked.example/ | grep -v Generated
	}
	try "" /usr/local/bin/tinyproxy -a /job/tinyproxy.conf -a /job/filter
}

test_lighttpd() {
	give /job/lighttpd.conf <<-END
		server.modules = ( "mod_rewrite", "mod_dirlisting", "mod_setenv" )
		server.document-root = "/job/www"
		server.bind = "127.0.0.1"
		server.port = $port
		dir-listing.activate = "enable"
		setenv.add-response-header = ( "X-Said" => "hello" )
		include "/usr/local/etc/lighttpd-mime.conf"
	END
	give /job/www/x.svg <<<'<svg/>'
	job() {
		up lighttpd -D -f /job/lighttpd.conf
		until_it page -i "http://127.0.0.1:$port/x.svg" | grep -i -E '^(x-said|content-type)'
	}
	try "" /usr/local/sbin/lighttpd -a /job/lighttpd.conf -a /job/www
}

start_debian built "$BUILD"
run enscript units tcc autom4te tinyproxy lighttpd
finish_any
