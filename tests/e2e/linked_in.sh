#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Programs with TLS and time zones linked in, static ones among them: what they read has well-known
# paths, which stand in their data, in Go's and Rust's with no NUL between texts.
# shellcheck source=tests/e2e/rules_lib.sh
. "$(dirname "$0")/rules_lib.sh"

bundle=/etc/ssl/certs/ca-certificates.crt
zones=/usr/share/zoneinfo

# target: a sysroot with certificates and zones, and what is not to come.
target() {
	begin
	there $zones/UTC $zones/Etc/UTC $zones/Europe/Berlin /usr/share/another/x /etc/another.conf
	mkdir -p "$WORK/sysroot${bundle%/*}"
	cp "$1" "$WORK/sysroot$bundle"
}

# joins FILE MARK: a static program that has the texts of a TLS library joined, behind MARK, which
# a compiler leaves.
joins() {
	compile "$WORK/sysroot$1" "static const char *volatile joined = \"$2\\1file not found/etc/pki/tls/certs/ca-bundle.crt\"
		\"$bundle\" \"/etc/ssl/ca-bundle.pemSSL_CERT_FILE$zones/\" \"/usr/lib/locale/TZ/invalid\\1\";
		int main(void) { return joined[0]; }" -static
}

# In C, by their strings.
echo certificate >"$WORK/bundle"
target "$WORK/bundle"
made /bin/c /etc/pki/tls/certs/ca-bundle.crt $bundle $zones
check "a static program in C: certificates and UTC" \
	lists /bin/c -- $bundle $zones/UTC $zones/Etc/UTC
check "--why says which string" prints_line "/bin/c names $bundle" \
	mkrootfs --sysroot "$WORK/sysroot" --why $bundle /bin/c
check "--with tz=ZONE" lists /bin/c --with tz=Europe/Berlin -- $bundle $zones/UTC $zones/Etc/UTC $zones/Europe/Berlin
check "other zones are named with -v, and their option" \
	says "tz-all: suggested, left out; .*--with tz-all brings it" mkrootfs -v --sysroot "$WORK/sysroot" --list /bin/c
check "--with tz-all" \
	lists /bin/c --with tz-all -- $bundle $zones/UTC $zones/Etc/UTC $zones/Europe/Berlin
check "--without certs,tz" lists /bin/c --without certs,tz --
made /bin/neither /usr/share/nothing
check "nothing for a program that names neither" lists /bin/neither --

# Joined.
for mark in /rustc/9b35a6239c3d8bdabc/library/std/src/panicking.rs /usr/lib/go/src/runtime/proc.go; do
	joins /bin/joined "$mark"
	check "joined behind $mark: certificates and UTC" \
		lists /bin/joined -- $bundle $zones/UTC $zones/Etc/UTC
done
joins /bin/joined "of another compiler"
check "not where texts of C only look joined" lists /bin/joined --

# A real program, in a chroot: it counts the certificates of the first bundle that is there, as
# rustls' users do, and reads a zone.
if command -v rustc >/dev/null && [ "$(id -u)" -eq 0 ]; then
	printf -- '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n' >"$WORK/bundle"
	target "$WORK/bundle"
	cat >"$WORK/reads.rs" <<-END
		use std::fs;
		const FILES: &[&str] = &[
		    "/etc/pki/tls/certs/ca-bundle.crt", "/var/ssl/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
		    "$bundle", "/usr/local/etc/ssl/cert.pem",
		];
		const ZONES: &[&str] = &["/usr/share/lib/zoneinfo", "/etc/zoneinfo", "$zones"];
		fn main() {
		    let bundle = FILES.iter().find_map(|file| fs::read_to_string(file).ok()).unwrap();
		    let zone = ZONES.iter().find_map(|zones| fs::read(format!("{zones}/UTC")).ok());
		    println!("{} {}", bundle.matches("BEGIN CERTIFICATE").count(), zone.is_some());
		}
	END
	mkdir -p "$WORK/sysroot/opt"
	if rustc -O -C strip=symbols -C target-feature=+crt-static -o "$WORK/sysroot/opt/reads" "$WORK/reads.rs" 2>"$WORK/log"; then
		check "a static program in Rust: is harvested" \
			mkrootfs --sysroot "$WORK/sysroot" -d "$WORK/root" /opt/reads
		check "a static program in Rust: finds both" test "$(chroot "$WORK/root" /opt/reads)" = "1 true"
	else
		skip "a static program in Rust" "$(tail -n 1 "$WORK/log")"
	fi
else
	skip "a static program in Rust" "rustc is not installed, or only root may chroot"
fi
finish
