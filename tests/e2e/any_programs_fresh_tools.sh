#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tools and scripts that were chosen after the needs were written, by somebody who had not read them.
# shellcheck disable=SC2016 # for the inner programs
# shellcheck source=tests/e2e/any_programs_lib.sh
. "$(dirname "$0")/any_programs_lib.sh"

test_expect() {
	give /job/x.exp <<-'END'
		#!/usr/bin/expect -f
		log_user 0
		spawn sh -c {printf "name? "; read x; echo "got $x"}
		expect "name?"
		send "you\r"
		expect -re {got (\w+)}
		puts "it said $expect_out(1,string) [clock format 0 -timezone :Europe/Berlin -format %H]"
	END
	chmod +x "$system/job/x.exp"
	job() {
		here /job/x.exp
	}
	try "expect tcl-expect" /job/x.exp
}

test_hg() {
	job() {
		here HOME=/tmp hg init /tmp/r && echo hello >"$where/tmp/r/x"
		here HOME=/tmp hg -R /tmp/r commit -q -A -m 'add x' -u a -d '0 0'
		here HOME=/tmp hg -R /tmp/r export tip
		here HOME=/tmp hg -R /tmp/r log -T xml
		here HOME=/tmp hg -R /tmp/r --config extensions.churn= churn
		here HOME=/tmp hg help dates | sed -n 1,5p
	}
	try "mercurial mercurial-common" hg
}

test_scons() {
	room /job/p
	give /job/p/SConstruct <<-'END'
		env = Environment(tools=['textfile', 'zip', 'tar'])
		env.Textfile('x.txt', ['hello', 'you'])
		def build(target, source, env):
		    open(str(target[0]), 'w').write(open(str(source[0])).read().upper())
		env.Command('y.txt', 'x.txt', build)
		env.Zip('x.zip', 'y.txt')
	END
	job() {
		here scons -C /job/p && cat "$where/job/p/y.txt"
		ls "$where/job/p"
	}
	try "scons" scons -a /job/p/SConstruct
}

test_mkdocs() {
	give /job/p/mkdocs.yml <<-'END'
		site_name: My Site
		markdown_extensions: [toc, tables, admonition]
	END
	printf '# Hello\n\n!!! note\n    x\n\n| a | b |\n|---|---|\n| 1 | 2 |\n' | give /job/p/docs/index.md
	job() {
		here mkdocs -q build -f /job/p/mkdocs.yml -d /tmp/site
		(cd "$where/tmp/site" && find . -type f | sort && cat search/search_index.json)
		grep -A 5 '<table' "$where/tmp/site/index.html"
	}
	try "mkdocs" mkdocs -a /job/p
}

test_perlcritic() {
	give /job/x.pl <<-'END'
		sub f { my $x = shift; if ($x) { return eval "1 + $x" } }
		open F, "/tmp/x"; print f(3) . "\n";
	END
	job() {
		{ here perlcritic --severity 3 /job/x.pl || test $? = 2; } 2>&1
	}
	try "libperl-critic-perl" perlcritic -a /job/x.pl
}

test_phpunit() {
	give /job/XTest.php <<-'END'
		<?php
		use PHPUnit\Framework\TestCase;
		final class XTest extends TestCase {
			public function testTrue(): void { $this->assertSame('b', mb_strtolower('B')); }
			public function testMock(): void {
				$m = $this->createMock(Countable::class);
				$m->method('count')->willReturn(3);
				$this->assertCount(3, $m);
			}
			public function testWrong(): void { $this->assertEquals([1, 2], [1, 3]); }
		}
	END
	job() {
		{ here phpunit --do-not-cache-result /job/XTest.php || test $? = 1; } | grep -vE '^(Time|Runtime)'
	}
	try "phpunit" phpunit -a /job/XTest.php
}

test_composer() {
	give /job/lib/composer.json <<<'{"name": "x/lib", "version": "1.0.0", "autoload": {"psr-4": {"X\\": "src/"}}}'
	give /job/lib/src/A.php <<<'<?php namespace X; class A {}'
	give /job/p/composer.json <<<'{"repositories": [{"packagist.org": false}, {"type": "path", "url": "/job/lib"}],
	"require": {"x/lib": "^1.0"}}'
	job() {
		cp -r "$where/job/p" "$where/tmp/p" && chmod -R a+rwX "$where/tmp/p"
		here HOME=/tmp COMPOSER_HOME=/tmp/c composer install --no-interaction -d /tmp/p 2>&1
		cat "$where/tmp/p/vendor/composer/autoload_psr4.php"
		here HOME=/tmp COMPOSER_HOME=/tmp/c composer licenses -d /tmp/p
	}
	try "composer" composer -a /job/p -a /job/lib
}

test_lessc() {
	give /job/x.less <<-'END'
		@import "y.less";
		@c: #336699;
		.box(@w) when (@w > 1) { width: @w * 2px; }
		.a { color: darken(@c, 10%); .box(3); &:hover { color: fade(@c, 50%); } background: data-uri('image/svg+xml', 'x.svg'); }
	END
	give /job/y.less <<<'.y { each(range(3), { .n-@{value} { order: @value; } }); }'
	give /job/x.svg <<<'<svg/>'
	job() {
		here lessc /job/x.less
	}
	try "node-less" lessc -a /job/x.less -a /job/y.less -a /job/x.svg
}

test_eslint() {
	give /job/x.js <<<'var a = 1; if (a = 2) { let b; } for (;;) { }'
	give /job/eslintrc.json <<<'{"root": true, "extends": "eslint:recommended", "env": {"es6": true, "node": true},
	"rules": {"semi": 2, "no-var": 1}}'
	job() {
		{ here eslint -c /job/eslintrc.json --no-eslintrc -f unix /job/x.js || test $? = 1; }
	}
	try "eslint" eslint -a /job/x.js -a /job/eslintrc.json
}

test_dtplite() {
	printf '%s\n' '[manpage_begin x n 1.0]' '[titledesc {does it}]' '[description]' 'It is [emph good].' \
		'[list_begin itemized]' '[item] one' '[list_end]' '[manpage_end]' | give /job/x.man
	job() {
		for format in html nroff; do
			here dtplite -o "/tmp/x.$format" "$format" /job/x.man
			grep -v -i generated "$where/tmp/x.$format"
		done
	}
	try "tcllib" dtplite -a /job/x.man
}

test_svn() {
	job() {
		here svnadmin create /tmp/r && here svn mkdir -q -m 'add d' file:///tmp/r/d
		here svn checkout -q file:///tmp/r /tmp/w && echo hello >"$where/tmp/w/d/x" && chmod -R a+rwX "$where/tmp/w"
		here svn add /tmp/w/d/x && here svn commit -m 'add x' /tmp/w | sed 1q
		here svn log -q file:///tmp/r | cut -d '|' -f 1
		here svn diff -c 2 file:///tmp/r
	}
	try "subversion libsvn1" svn svnadmin
}

test_xgettext() {
	give /job/x.py <<<'print(_("hello"), ngettext("%d file", "%d files", n) % n)'
	give /job/x.desktop <<<'[Desktop Entry]
Name=My Tool
Comment=It does it'
	give /job/x.metainfo.xml <<<'<?xml version="1.0"?><component><name>Tool</name><summary>It does</summary></component>'
	job() {
		here xgettext --omit-header -o - -L Python /job/x.py
		here xgettext --omit-header -o - /job/x.desktop
		here xgettext --omit-header -o - /job/x.metainfo.xml
		here xgettext --omit-header -o /tmp/x.po /job/x.py && here msgfmt -o /tmp/x.mo /tmp/x.po && here msgunfmt /tmp/x.mo
		here msginit --no-translator -l de_DE.UTF-8 -i /tmp/x.po -o - | grep -E 'Language|Plural'
	}
	try "gettext gettext-base" xgettext msgfmt msgunfmt msginit -a /job/x.py -a /job/x.desktop -a /job/x.metainfo.xml
}

test_hugo() {
	give /job/site/config.toml <<<'baseURL = "http://example.org/"
title = "Site"
timeZone = "Europe/Berlin"
disableKinds = ["RSS", "sitemap"]'
	give /job/site/layouts/index.html <<<'<h1>{{ .Title }}</h1>{{ range .Site.RegularPages }}<a href="{{ .Permalink }}">{{ .Title }}</a> {{ .Date }}{{ end }}
{{ highlight "int x;" "c" "" }}{{ (resources.Get "x.scss" | toCSS | minify).Content | safeHTML }}'
	give /job/site/layouts/_default/single.html <<<'{{ .Content }}'
	give /job/site/content/a.md <<<'---
title: A
date: 2020-01-01
---
*hello* :smile:'
	give /job/site/assets/x.scss <<<'$a: 1px; .x { .y { width: $a * 2; } }'
	job() {
		cp -r "$where/job/site" "$where/tmp/site" && chmod -R a+rwX "$where/tmp/site"
		here HOME=/tmp hugo -s /tmp/site -d /tmp/out --quiet && cat "$where/tmp/out/index.html" "$where/tmp/out/a/index.html"
	}
	try "hugo" hugo -a /job/site
}

test_easyrsa() {
	easyrsa() {
		here EASYRSA_BATCH=1 /usr/share/easy-rsa/easyrsa --pki-dir=/tmp/pki "$@" >>"$WORK/log" 2>&1
	}
	job() {
		easyrsa init-pki && easyrsa build-ca nopass && easyrsa build-client-full x nopass && easyrsa gen-crl
		cut -f 1,6 "$where/tmp/pki/index.txt"
		(cd "$where/tmp/pki" && ls . private)
	}
	try "easy-rsa" /usr/share/easy-rsa/easyrsa
}

test_sq() {
	job() {
		here sq key generate --userid a@example.org --export /tmp/key >/dev/null 2>&1
		echo hello | here sq encrypt --recipient-file /tmp/key -o /tmp/x && here sq decrypt --recipient-key /tmp/key /tmp/x
		here sq inspect /tmp/key | grep UserID
	}
	try "sq" sq
}

test_steghide() {
	job() {
		outside python3 -c '
import struct
d = bytes(i * 7 % 256 for i in range(128 * 128 * 3))
open("/tmp/x.bmp", "wb").write(b"BM" + struct.pack("<IIIIiiHHIIiiII", 54 + len(d), 0, 54, 40, 128, 128, 1, 24, 0, len(d), 0, 0, 0, 0) + d)'
		[ "$where" = "$machine" ] || cp "$machine/tmp/x.bmp" "$where/tmp/x.bmp"
		chmod 666 "$where/tmp/x.bmp"
		echo hello >"$where/tmp/secret"
		here steghide embed -q -f -cf /tmp/x.bmp -ef /tmp/secret -p x && here steghide extract -q -sf /tmp/x.bmp -p x -xf /tmp/out
		cat "$where/tmp/out"
		here steghide encinfo | sed -n 1,3p
	}
	try "steghide" steghide
}

test_parallel() {
	job() {
		here HOME=/tmp parallel -k 'echo {} {= $_ = uc =}' ::: a b c 2>/dev/null
		printf 'x,1\ny,2\n' | here HOME=/tmp parallel -k --colsep , --tag echo '{2}{1}' 2>/dev/null
	}
	try "parallel" parallel
}

test_fish() {
	give /job/x.fish <<-'END'
		#!/usr/bin/fish
		alias greet='echo hello'
		greet (string upper you) (math 2 ^ 5)
		for i in (seq 3)
			echo -n $i
		end
		echo
		prompt_pwd /usr/share/doc
		isatty; or echo no terminal
		complete -C 'set -' | sed -n 1p
	END
	chmod +x "$system/job/x.fish"
	job() {
		here HOME=/tmp /job/x.fish
	}
	try "fish fish-common" /job/x.fish
}

test_logrotate() {
	give /job/logrotate.conf <<-'END'
		/job/log/x.log {
			rotate 2
			compress
			create 0644 root root
			postrotate
				echo rotated >/tmp/done
			endscript
		}
	END
	room /job/log
	uid=0
	job() {
		chmod 755 "$where/job/log"
		echo hello >"$where/job/log/x.log"
		here logrotate -f -s /tmp/state /job/logrotate.conf
		ls "$where/job/log" && cat "$where/tmp/done" && gunzip -c "$where/job/log/x.log.1.gz"
	}
	try "logrotate" logrotate -a /job/logrotate.conf
}

test_xorriso() {
	give /job/d/a/x <<<hello
	job() {
		here xorriso -as mkisofs -quiet -r -J -V NAME -o /tmp/x.iso /job/d
		here xorriso -indev /tmp/x.iso -find / 2>/dev/null
		here xorriso -osirrox on -indev /tmp/x.iso -extract /a/x /tmp/out 2>/dev/null && cat "$where/tmp/out"
	}
	try "xorriso libisoburn1" xorriso -a /job/d
}

start_debian fresh
run expect hg scons mkdocs perlcritic phpunit composer lessc eslint dtplite svn xgettext hugo easyrsa sq steghide \
	parallel fish logrotate xorriso
finish_any
