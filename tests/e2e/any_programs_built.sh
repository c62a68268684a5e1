#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Programs built from source into /usr/local, /opt, a prefix of their own and /usr, where no package knows of
# a file. Chosen without looking at whether they work: 7 of 10 did at the first try.
# shellcheck source=tests/e2e/any_programs_lib.sh
. "$(dirname "$0")/any_programs_lib.sh"

# In the Debian, from Debian's sources: most by ./configure && make install, libxkbcommon by meson, ettercap by cmake, calc by
# a Makefile alone. A compiler that optimizes takes thrice the time.
# shellcheck disable=SC2016 # for the shell in the Debian
BUILD='
export CFLAGS=-O0 CXXFLAGS=-O0 MAKEFLAGS=-j2
mkdir /src
source() {
	rm -rf "/src/$1"
	mkdir "/src/$1"
	cd "/src/$1"
	apt-get -q source --tar-only "$1/bookworm"
	for tar in ./*.orig.tar.*z ./*.orig.tar.bz2; do
		[ ! -f "$tar" ] || tar -xf "$tar"
	done
	cd "$(dirname "$(find . -maxdepth 2 -name "$2" | head -n 1)")"
}
build() {
	name=$1
	shift
	source "$name" configure
	./configure "$@"
	make MAKEINFO=true
	make MAKEINFO=true install
}
build file
source tcl8.6 unix
cd unix
./configure
make
make install-binaries install-libraries
source gawk configure
./configure --prefix=/opt/gawk --disable-nls
make -C support
make SUBDIRS=. install
make -C extension install
source apcalc Makefile
make -j1 all
make install
build vim --without-x --disable-gui
build apache2 --prefix=/usr/local/apache2 --enable-mods-shared=most --enable-mpms-shared=all
build gnupg2 --disable-scdaemon --disable-dirmngr --disable-doc --disable-sqlite
source libxkbcommon meson.build
meson setup build --prefix=/opt/xkb --libdir=lib -Dc_link_args=-Wl,-rpath,/opt/xkb/lib -Denable-wayland=false -Denable-x11=false -Denable-docs=false \
	-Denable-xkbregistry=false -Dxkb-config-root=/usr/share/X11/xkb
ninja -C build install
source ettercap CMakeLists.txt
cmake -B build -DENABLE_GTK=OFF -DENABLE_CURSES=OFF -DENABLE_LUA=OFF -DENABLE_PDF_DOCS=OFF -DBUNDLED_LIBS=OFF \
	-DENABLE_GEOIP=OFF
make -C build install
cat >/src/gotls.go <<END
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"time"
)

func main() {
	text, _ := os.ReadFile(os.Args[1])
	block, _ := pem.Decode(text)
	certificate, err := x509.ParseCertificate(block.Bytes)
	fmt.Println(err)
	_, err = certificate.Verify(x509.VerifyOptions{})
	fmt.Println("verified:", err)
	zone, err := time.LoadLocation("Etc/UTC")
	fmt.Println(zone, err)
	_, err = http.Get("https://127.0.0.1:1/")
	fmt.Println(err)
}
END
HOME=/src GO111MODULE=off CGO_ENABLED=0 go build -o /usr/local/bin/gotls /src/gotls.go
ldconfig
rm -rf /src
'

test_file() {
	give /job/x.c <<<'int main(void) { return 0; }'
	job() {
		here /usr/local/bin/file -b /job/x.c && here /usr/local/bin/file -b --mime /usr/local/bin/file
	}
	try "" /usr/local/bin/file -a /job/x.c
}

test_tclsh() {
	give /job/x.tcl <<-'END'
		package require http
		package require msgcat
		puts [clock format 86400 -timezone :Europe/Berlin -format {%d.%m.%Y %H:%M}]
		puts [encoding convertfrom shiftjis \x82\xa0]
		puts [encoding system]
	END
	job() {
		here /usr/local/bin/tclsh8.6 /job/x.tcl
	}
	try "" /usr/local/bin/tclsh8.6 -a /job/x.tcl --with tz-all
}

test_gawk() {
	give /job/x.awk <<-'END'
		@load "readdir"
		@load "ordchr"
		BEGIN { print ord("a"); while ((getline line < "/job") > 0) n++; print (n > 0) }
	END
	job() {
		here /opt/gawk/bin/gawk -f /job/x.awk
	}
	try "" /opt/gawk/bin/gawk -a /job/x.awk
}

test_calc() {
	give /job/x.cal <<-'END'
		read -once bernoulli
		print B(20);
		print config("display");
	END
	job() {
		here calc -f /job/x.cal && here calc help errstr | cksum
	}
	try "" /usr/bin/calc -a /job/x.cal
}

test_vim() {
	give /job/x.c <<<'int main(void) { return 0; } /* x */'
	job() {
		here TERM=xterm /usr/local/bin/vim -es -u NONE --cmd 'set nocompatible' -c 'filetype plugin on' -c 'syntax on' -c 'edit /job/x.c' \
			-c 'runtime! plugin/tohtml.vim' -c 'TOhtml' -c 'write! /tmp/x.html' -c 'qa!' || :
		grep -c 'class="Type"\|Comment' "$where/tmp/x.html"
	}
	try "" /usr/local/bin/vim -a /job/x.c
}

test_httpd() {
	give /job/httpd.conf <<-END
		ServerRoot "/usr/local/apache2"
		Listen 127.0.0.1:$port
		ServerName localhost
		LoadModule mpm_event_module modules/mod_mpm_event.so
		LoadModule authz_core_module modules/mod_authz_core.so
		LoadModule mime_module modules/mod_mime.so
		LoadModule dir_module modules/mod_dir.so
		LoadModule unixd_module modules/mod_unixd.so
		LoadModule rewrite_module modules/mod_rewrite.so
		TypesConfig conf/mime.types
		DocumentRoot "/job/www"
		PidFile /tmp/httpd.pid
		ErrorLog /tmp/httpd.log
		RewriteEngine on
		RewriteRule ^/old\$ /x.svg [L]
	END
	give /job/www/x.svg <<<'<svg/>'
	job() {
		up /usr/local/apache2/bin/httpd -D FOREGROUND -f /job/httpd.conf
		until_it page -i "http://127.0.0.1:$port/old" | grep -i -E '^(HTTP|content-type)|svg'
	}
	try "" /usr/local/apache2/bin/httpd -a /job/httpd.conf -a /job/www
}

test_gpg() {
	room /job/home
	job() {
		here GNUPGHOME=/job/home /usr/local/bin/gpg --batch --quiet --pinentry-mode loopback --passphrase '' \
			--quick-generate-key me@example.org future-default default never &&
			here GNUPGHOME=/job/home /usr/local/bin/gpg --batch --list-secret-keys --with-colons | cut -d : -f 1,2,3,4 | grep -E '^(sec|ssb)'
	}
	try "" /usr/local/bin/gpg
}

test_xkbcli() {
	job() {
		here /opt/xkb/bin/xkbcli compile-keymap --layout de | cksum
	}
	try "" /opt/xkb/bin/xkbcli --with xkb
}

test_ettercap() {
	job() {
		here /usr/local/bin/ettercap -T -q -P list </dev/null | grep -v '^ettercap'
	}
	try "" /usr/local/bin/ettercap
}

# A static program with TLS and zones linked in, which verifies a certificate by those of the system.
test_gotls() {
	mkdir -p "$system/job"
	cp "$system/usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt" "$system/job/root.pem"
	job() {
		here /usr/local/bin/gotls /job/root.pem
	}
	try "" /usr/local/bin/gotls -a /job/root.pem
}

start_debian built "$BUILD"
run file tclsh gawk calc vim httpd gpg xkbcli ettercap gotls
finish_any
