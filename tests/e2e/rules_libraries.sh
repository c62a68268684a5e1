#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the rules for libraries bring, on the layouts of several distributions: each library has the
# strings of the real one, and the sysroot what they name and what is to stay out.
# shellcheck source=tests/e2e/rules_lib.sh
. "$(dirname "$0")/rules_lib.sh"

begin
library /usr/lib64/libcrypto.so.3 'OPENSSLDIR: "/etc/pki/tls"' 'MODULESDIR: "/usr/lib64/ossl-modules"' \
	/etc/pki/tls/cert.pem /etc/pki/tls/certs /usr/lib64/engines-3
there /etc/pki/tls/cert.pem /etc/pki/tls/openssl.cnf /etc/pki/tls/certs/other.pem \
	/usr/lib64/ossl-modules/{legacy,fips}.so /usr/lib64/engines-3/afalg.so
check "certs, openssl: Fedora's directories" lists /usr/lib64/libcrypto.so.3 -- \
	/etc/pki/tls/cert.pem /etc/pki/tls/openssl.cnf /usr/lib64/ossl-modules/legacy.so
check "openssl: engines and other providers are suggested" lists /usr/lib64/libcrypto.so.3 --with openssl -- \
	/etc/pki/tls/cert.pem /etc/pki/tls/openssl.cnf /usr/lib64/ossl-modules/{legacy,fips}.so \
	/usr/lib64/engines-3/afalg.so

begin
library /usr/lib/libcrypto.so.1.1 'OPENSSLDIR: "/etc/ssl"' 'ENGINESDIR: "/usr/lib/engines-1.1"' /etc/ssl/cert.pem
there /etc/ssl/cert.pem /etc/ssl/openssl.cnf /usr/lib/engines-1.1/padlock.so
check "certs, openssl: 1.1, Alpine's directories" lists /usr/lib/libcrypto.so.1.1 -- \
	/etc/ssl/cert.pem /etc/ssl/openssl.cnf

begin
library /usr/lib/libgnutls.so.30 /etc/ssl/certs/ca-certificates.crt
there /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/other.crt
check "certs: the bundle of GnuTLS" lists /usr/lib/libgnutls.so.30 -- /etc/ssl/certs/ca-certificates.crt

begin
library /usr/lib/libcurl-gnutls.so.4 /etc/ssl/certs
there /etc/ssl/certs/ca-certificates.crt
check "certs: of a library that names the directory alone" lists /usr/lib/libcurl-gnutls.so.4 -- \
	/etc/ssl/certs/ca-certificates.crt

begin
library /lib/libtinfo.so.6 /etc/terminfo:/lib/terminfo:/usr/share/terminfo
there /lib/terminfo/x/xterm /lib/terminfo/x/xterm-mono /usr/share/terminfo/s/screen-256color \
	/usr/share/terminfo/v/{vt100,vt220,vt52} /usr/share/terminfo/78/xterm-256color
check "terminfo: the common terminals" lists /lib/libtinfo.so.6 -- /lib/terminfo/x/xterm \
	/usr/share/terminfo/s/screen-256color /usr/share/terminfo/v/{vt100,vt220} \
	/usr/share/terminfo/78/xterm-256color
check "terminfo: all of them, by name" lists /lib/libtinfo.so.6 --with terminfo -- \
	/lib/terminfo/x/{xterm,xterm-mono} /usr/share/terminfo/s/screen-256color \
	/usr/share/terminfo/v/{vt100,vt220,vt52} /usr/share/terminfo/78/xterm-256color

# What a target may have in its trees, and no rootfs should.
begin
library /lib/libtinfo.so.6 /lib/terminfo:/proc/self/root:/:..:::/lib/../../terminfo
there /lib/terminfo/x/xterm
mkfifo "$WORK/sysroot/lib/terminfo/fifo"
ln -s . "$WORK/sysroot/lib/terminfo/self"
ln -s ../.. "$WORK/sysroot/lib/terminfo/root"
ln -s /proc/self "$WORK/sysroot/lib/terminfo/proc"
ln -s nowhere "$WORK/sysroot/lib/terminfo/broken"
ln -s loop "$WORK/sysroot/lib/terminfo/loop"
check "terminfo: a tree with loops, FIFOs and links to everywhere" \
	lists /lib/libtinfo.so.6 --with terminfo -- /lib/terminfo/x/xterm
check "terminfo: what leads nowhere stays out" \
	not grep -q 'broken\|fifo\|/loop' <(mkrootfs --sysroot "$WORK/sysroot" --list --with terminfo /lib/libtinfo.so.6)

begin
library /lib64/libpam.so.0 /etc/pam.d /usr/lib/pam.d /etc/pam.conf /lib64/security/
there /lib64/security/pam_{unix,deny,other}.so /etc/pam.d/none /etc/security/limits.conf
echo '# pam_other.so
auth [success=1 default=ignore] pam_unix.so nullok
auth requisite pam_deny.so # and no more' >"$WORK/sysroot/etc/pam.d/login"
check "pam: the modules that its configuration names" lists /lib64/libpam.so.0 -- \
	/etc/pam.d/{login,none} /lib64/security/pam_{unix,deny}.so /etc/security/limits.conf

begin
library /usr/lib/libsasl2.so.2 /etc/sasl2:/etc/sasl:/usr/lib/sasl2
there /usr/lib/sasl2/libplain.so
check "sasl: stays out of clients" lists /usr/lib/libsasl2.so.2 --
check "sasl: is suggested" lists /usr/lib/libsasl2.so.2 --with sasl -- /usr/lib/sasl2/libplain.so

begin
library /usr/lib64/libkrb5.so.3 /etc/krb5.conf /usr/lib64/krb5/plugins
there /etc/krb5.conf /usr/lib64/krb5/plugins/preauth/pkinit.so
check "kerberos: is suggested" lists /usr/lib64/libkrb5.so.3 --dlopen suggested -- \
	/etc/krb5.conf /usr/lib64/krb5/plugins/preauth/pkinit.so

begin
library /usr/lib64/libgssapi_krb5.so.2 /etc/gss/mech '/etc/gss/mech.d/*.conf'
there /etc/gss/mech /etc/gss/mech.d/proxy.conf
check "kerberos: mechanisms of GSSAPI" lists /usr/lib64/libgssapi_krb5.so.2 --with kerberos -- \
	/etc/gss/mech /etc/gss/mech.d/proxy.conf

begin
library /usr/lib64/libldap.so.2 /etc/openldap/ldap.conf
there /etc/openldap/ldap.conf
check "ldap" lists /usr/lib64/libldap.so.2 --with ldap -- /etc/openldap/ldap.conf

begin
library /usr/lib64/libp11-kit.so.0 /usr/share/p11-kit/modules /usr/lib64/pkcs11 /etc/pkcs11/pkcs11.conf
there /usr/share/p11-kit/modules/trust.module /usr/lib64/pkcs11/p11-kit-client.so
check "p11-kit" lists /usr/lib64/libp11-kit.so.0 --with p11-kit -- \
	/usr/share/p11-kit/modules/trust.module /usr/lib64/pkcs11/p11-kit-client.so

begin
library /usr/lib64/libnss3.so
there /usr/lib64/lib{softokn3,freebl3,freeblpriv3,nssckbi}.so /usr/lib64/libsoftokn3.chk
check "nss-softokn: beside the library" lists /usr/lib64/libnss3.so -- \
	/usr/lib64/lib{softokn3,freebl3,freeblpriv3,nssckbi}.so /usr/lib64/libsoftokn3.chk
begin
library /usr/lib/x86_64-linux-gnu/libnss3.so
there /usr/lib/x86_64-linux-gnu/nss/lib{softokn3,freebl3}.so
check "nss-softokn: below it" lists /usr/lib/x86_64-linux-gnu/libnss3.so -- \
	/usr/lib/x86_64-linux-gnu/nss/lib{softokn3,freebl3}.so
begin
library /usr/lib64/libnss3.so
check "nss-softokn: without it, status 3" status 3 mkrootfs --sysroot "$WORK/sysroot" /usr/lib64/libnss3.so --list

begin
library /usr/lib64/libgio-2.0.so.0 /usr/lib64/gio/modules
there /usr/lib64/gio/modules/{libgiognutls.so,giomodule.cache}
check "gio" lists /usr/lib64/libgio-2.0.so.0 -- /usr/lib64/gio/modules/{libgiognutls.so,giomodule.cache}

begin
library /usr/lib64/libgdk_pixbuf-2.0.so.0
there /usr/lib64/gdk-pixbuf-2.0/2.10.0/loaders/svg.so /usr/lib64/gdk-pixbuf-2.0/2.10.0/loaders.cache \
	/usr/share/mime/mime.cache
check "gdk-pixbuf" lists /usr/lib64/libgdk_pixbuf-2.0.so.0 -- \
	/usr/lib64/gdk-pixbuf-2.0/2.10.0/{loaders/svg.so,loaders.cache} /usr/share/mime/mime.cache

begin
library /usr/lib64/libgtk-3.so.0
there /usr/lib64/gtk-3.0/3.0.0/immodules/im.so /usr/lib64/gtk-3.0/3.0.0/immodules.cache
check "gtk: is suggested" lists /usr/lib64/libgtk-3.so.0 --
check "gtk" lists /usr/lib64/libgtk-3.so.0 --with gtk -- /usr/lib64/gtk-3.0/3.0.0/{immodules/im.so,immodules.cache}

begin
library /usr/lib64/libQt5Core.so.5 qt_plugpath=/usr/lib64/qt5/plugins
there /usr/lib64/qt5/plugins/{platforms/xcb,sqldrivers/sqlite,designer/d}.so
check "qt: by the path in the library" lists /usr/lib64/libQt5Core.so.5 -- \
	/usr/lib64/qt5/plugins/{platforms/xcb,sqldrivers/sqlite}.so
begin
library /usr/lib64/libQt6Core.so.6
there /usr/lib64/qt6/plugins/{platforms/xcb,tls/openssl}.so
check "qt: beside the library" lists /usr/lib64/libQt6Core.so.6 -- /usr/lib64/qt6/plugins/{platforms/xcb,tls/openssl}.so

begin
library /usr/lib64/libgstreamer-1.0.so.0 /usr/lib64/gstreamer-1.0
there /usr/lib64/gstreamer-1.0/coreelements.so
check "gstreamer" lists /usr/lib64/libgstreamer-1.0.so.0 --with gstreamer -- /usr/lib64/gstreamer-1.0/coreelements.so

begin
library /usr/lib64/libasound.so.2 /usr/share/alsa /usr/lib64/alsa-lib
there /usr/share/alsa/alsa.conf /usr/lib64/alsa-lib/pulse.so
check "alsa" lists /usr/lib64/libasound.so.2 --with alsa -- /usr/share/alsa/alsa.conf /usr/lib64/alsa-lib/pulse.so

begin
library /usr/lib64/libpipewire-0.3.so.0 /usr/lib64/pipewire-0.3 /usr/lib64/spa-0.2
there /usr/lib64/pipewire-0.3/protocol.so /usr/lib64/spa-0.2/support/support.so
check "pipewire" lists /usr/lib64/libpipewire-0.3.so.0 --with pipewire -- \
	/usr/lib64/pipewire-0.3/protocol.so /usr/lib64/spa-0.2/support/support.so

begin
library /usr/lib64/libEGL.so.1 /etc/glvnd/egl_vendor.d:/usr/share/glvnd/egl_vendor.d
there /usr/share/glvnd/egl_vendor.d/50_mesa.json
library /usr/lib64/libEGL_mesa.so.0
check "graphics" lists /usr/lib64/libEGL.so.1 --with graphics -- \
	/usr/share/glvnd/egl_vendor.d/50_mesa.json /usr/lib64/libEGL_mesa.so.0

begin
library /usr/lib64/libmagic.so.1 /etc/magic:/usr/share/misc/magic
there /etc/magic /usr/share/misc/magic.mgc
check "magic" lists /usr/lib64/libmagic.so.1 -- /etc/magic /usr/share/misc/magic.mgc
rm "$WORK/sysroot/etc/magic" "$WORK/sysroot/usr/share/misc/magic.mgc"
check "magic: without it, a warning" says "warning: magic: nothing was found" \
	mkrootfs --sysroot "$WORK/sysroot" /usr/lib64/libmagic.so.1 --list

begin
library /usr/lib64/libfontconfig.so.1 /usr/share/fontconfig/conf.avail '<dir>/usr/share/fonts</dir>'
there /etc/fonts/fonts.conf /usr/share/fontconfig/conf.avail/10.conf
ln -s ../../usr/share/fontconfig/conf.avail/10.conf "$WORK/sysroot/etc/fonts/10.conf"
check "fontconfig: its configuration, with what the links in it lead to" lists /usr/lib64/libfontconfig.so.1 -- \
	/etc/fonts/{fonts.conf,10.conf} /usr/share/fontconfig/conf.avail/10.conf
# font FILE BYTES: a file of that size.
font() {
	mkdir -p "$WORK/sysroot${1%/*}"
	head -c "$2" /dev/zero >"$WORK/sysroot$1"
}
font /usr/share/fonts/truetype/small/small.ttf 10
font /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf 1000
font /usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf 1000
font /usr/share/fonts/huge/cjk.ttc 9000000
check "fonts: one family, and the usual one rather than the smallest" lists /usr/lib64/libfontconfig.so.1 -- \
	/etc/fonts/{fonts.conf,10.conf} /usr/share/fontconfig/conf.avail/10.conf \
	/usr/share/fonts/truetype/dejavu/DejaVuSans{,-Bold}.ttf
rm -r "$WORK/sysroot/usr/share/fonts/truetype/dejavu"
check "fonts: else the smallest" lists /usr/lib64/libfontconfig.so.1 -- \
	/etc/fonts/{fonts.conf,10.conf} /usr/share/fontconfig/conf.avail/10.conf \
	/usr/share/fonts/truetype/small/small.ttf
check "fonts-all: are suggested" lists /usr/lib64/libfontconfig.so.1 --with fonts-all -- \
	/etc/fonts/{fonts.conf,10.conf} /usr/share/fontconfig/conf.avail/10.conf \
	/usr/share/fonts/truetype/small/small.ttf /usr/share/fonts/huge/cjk.ttc

begin
library /usr/lib64/libX11.so.6 /usr/share/X11/locale /usr/share/X11/XErrorDB
there /usr/share/X11/locale/C/Compose /usr/share/X11/XErrorDB
check "x11-locale" lists /usr/lib64/libX11.so.6 --with x11-locale -- /usr/share/X11/{locale/C/Compose,XErrorDB}

begin
library /usr/lib64/libxkbcommon.so.0 /usr/share/X11/xkb
there /usr/share/X11/xkb/rules/evdev
check "xkb" lists /usr/lib64/libxkbcommon.so.0 --with xkb -- /usr/share/X11/xkb/rules/evdev

begin
library /usr/lib64/libudev.so.1 /usr/lib/udev/hwdb.bin
there /usr/lib/udev/hwdb.bin
check "hwdb" lists /usr/lib64/libudev.so.1 --with hwdb -- /usr/lib/udev/hwdb.bin

begin
library /usr/lib64/libGraphicsMagick-Q16.so.3 /usr/share/GraphicsMagick-1.3.40
there /usr/share/GraphicsMagick-1.3.40/config/delegates.mgk
check "graphicsmagick" lists /usr/lib64/libGraphicsMagick-Q16.so.3 -- /usr/share/GraphicsMagick-1.3.40/config/delegates.mgk

begin
library /usr/lib64/libgpgme.so.11
made /usr/bin/gpg
check "gpgme" lists /usr/lib64/libgpgme.so.11 -- /usr/bin/gpg

begin
library /usr/lib64/libhunspell-1.7.so.0
there /usr/share/hunspell/{en_GB.dic,de_DE.dic}
check "dictionaries: English" lists /usr/lib64/libhunspell-1.7.so.0 -- /usr/share/hunspell/en_GB.dic
check "dictionaries: all where they are wished for" \
	lists /usr/lib64/libhunspell-1.7.so.0 --with dictionaries -- /usr/share/hunspell/{de_DE,en_GB}.dic
rm "$WORK/sysroot/usr/share/hunspell/en_GB.dic"
check "dictionaries: what is there without it" \
	lists /usr/lib64/libhunspell-1.7.so.0 -- /usr/share/hunspell/de_DE.dic
begin
library /usr/lib64/libaspell.so.15
there /usr/lib/aspell/{en.multi,de.multi,iso8859-1.cset} /var/lib/aspell/en-common.rws
ln -s ../../../var/lib/aspell/en-common.rws "$WORK/sysroot/usr/lib/aspell/en-common.rws"
check "dictionaries: aspell's, and what is made of them" lists /usr/lib64/libaspell.so.15 -- \
	/usr/lib/aspell/{en.multi,en-common.rws,iso8859-1.cset} /var/lib/aspell/en-common.rws

begin
library /usr/lib64/libtesseract.so.5 /usr/share/tesseract/tessdata
there /usr/share/tesseract/tessdata/{eng,osd,deu}.traineddata /usr/share/tesseract/tessdata/configs/hocr
check "ocr: English" lists /usr/lib64/libtesseract.so.5 -- \
	/usr/share/tesseract/tessdata/{eng,osd}.traineddata /usr/share/tesseract/tessdata/configs/hocr
check "ocr: all where they are wished for" lists /usr/lib64/libtesseract.so.5 --with ocr -- \
	/usr/share/tesseract/tessdata/{eng,osd,deu}.traineddata /usr/share/tesseract/tessdata/configs/hocr

#
# Languages, by what their interpreters define.
#
begin
exporting /usr/lib64/libpython3.12.so.1.0 Py_BytesMain
there /usr/lib64/python3.12/{os.py,test/x.py,json/tests/x.py,json/decoder.py,__pycache__/os.pyc} \
	/usr/lib64/python3.12/lib-dynload/{_ssl,_testcapi}.so /usr/lib/python3.12/site-packages/{yaml/x.py,pip/x.py} \
	/usr/lib/python3/dist-packages/apt.py
check "python, site-packages: Fedora's directories" lists /usr/lib64/libpython3.12.so.1.0 -- \
	/usr/lib64/python3.12/{os.py,json/decoder.py,lib-dynload/_ssl.so} /usr/lib/python3.12/site-packages/yaml/x.py
check "dist-packages: are suggested" lists /usr/lib64/libpython3.12.so.1.0 --with dist-packages -- \
	/usr/lib64/python3.12/{os.py,json/decoder.py,lib-dynload/_ssl.so} \
	/usr/lib/python3.12/site-packages/yaml/x.py /usr/lib/python3/dist-packages/apt.py
begin
exporting /usr/local/lib/libpython3.13.so.1.0 Py_BytesMain
there /usr/local/lib/python3.13/os.py
check "python: below a prefix" lists /usr/local/lib/libpython3.13.so.1.0 -- /usr/local/lib/python3.13/os.py
begin
exporting /usr/lib64/libpython3.12.so.1.0 Py_BytesMain
check "python: without its library, status 3" \
	status 3 mkrootfs --sysroot "$WORK/sysroot" /usr/lib64/libpython3.12.so.1.0 --list

begin
exporting /usr/lib64/libperl.so.5.38 perl_construct /usr/local/share/perl5/5.38 /usr/share/perl5/vendor_perl \
	/usr/lib64/perl5 /usr/share/perl5
there /usr/lib64/perl5/{Config.pm,CORE/perl.h} /usr/share/perl5/{strict.pm,strict.pod,vendor_perl/JSON.pm}
check "perl: Fedora's directories" lists /usr/lib64/libperl.so.5.38 -- \
	/usr/lib64/perl5/Config.pm /usr/share/perl5/strict.pm
begin
exporting /usr/lib/libperl.so.5.36 perl_construct /etc/perl /usr/share/perl5 /usr/share/perl/5.36 /usr/lib/perl-base
there /usr/share/perl/5.36/strict.pm /usr/share/perl5/JSON.pm /usr/lib/perl-base/Config.pm
check "perl: Debian's directories" lists /usr/lib/libperl.so.5.36 -- \
	/usr/share/perl/5.36/strict.pm /usr/lib/perl-base/Config.pm
check "perl-modules: are suggested" lists /usr/lib/libperl.so.5.36 --with perl-modules -- \
	/usr/share/perl/5.36/strict.pm /usr/lib/perl-base/Config.pm /usr/share/perl5/JSON.pm
begin
exporting /usr/lib/perl5/core_perl/CORE/libperl.so perl_construct /usr/lib/perl5/core_perl /usr/share/perl5/core_perl
there /usr/share/perl5/core_perl/strict.pm
check "perl: Alpine's directories" lists /usr/lib/perl5/core_perl/CORE/libperl.so -- /usr/share/perl5/core_perl/strict.pm

#
# The C library's own.
#
system() {
	compile "$WORK/$1" "$2"
	mkrootfs -q "$WORK/$1:/p" --list "${@:3}" >"$WORK/list"
}
converts='#include <iconv.h>
int main(void) { return iconv_open("UTF-8", "ASCII") == (iconv_t)-1; }'
sets() {
	system converts "$converts" "$@"
	grep -c 'gconv/.*\.so$' "$WORK/list"
}
if [ "$(sets)" -gt 0 ]; then
	check "gconv: the usual ones" test "$(sets)" -lt 20
	check "gconv-all: all of them" test "$(sets --with gconv-all)" -gt 100
	check "gconv: one by name" grep -q /SJIS.so <(sets --with gconv=SHIFT_JIS; cat "$WORK/list")
else
	skip "gconv-all" "this C library has no modules"
fi
local_time='#include <time.h>
int main(void) { time_t now = 0; return localtime(&now)->tm_year != 70; }'
if [ -e /usr/share/zoneinfo/Europe/Rome ]; then
	check "tz: not every zone" not grep -q Europe/Rome <(system local_time "$local_time"; cat "$WORK/list")
	check "tz-all: every zone" grep -q Europe/Rome <(system local_time "$local_time" --with tz-all; cat "$WORK/list")
else
	skip "tz-all" "there is no zoneinfo"
fi
check "locale-all: every compiled one" grep -q 'lib/locale/C' \
	<(system in_locale '#include <locale.h>
int main(void) { return !setlocale(LC_ALL, ""); }' --with locale-all; cat "$WORK/list")

# Adding a need is adding a row and a test.
every_row_has_a_test() {
	local name missing=0
	for name in $(mkrootfs --with none-such x 2>&1 | sed -n 's/^  known: //p'); do
		grep -qwe "$name" "$HERE"/rules_*.sh "$HERE"/programs_*.sh "$HERE"/needs.sh "$HERE"/people.sh "$HERE"/started_scripts.sh ||
			{ echo "$name has none"; missing=1; }
	done
	return "$missing"
}
check "every need has a test" every_row_has_a_test

finish
