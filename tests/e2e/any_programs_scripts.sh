#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Scripts with modules and data of the distribution, launchers in shell, and a few more, that no rule
# was written for.
# shellcheck source=tests/e2e/any_programs_lib.sh
. "$(dirname "$0")/any_programs_lib.sh"

test_ansible-playbook() {
	give /job/x.yml <<<'- hosts: localhost
  gather_facts: no
  tasks:
  - debug: msg="{{ [1, 2] | sum }} {{ "a" | upper }}"'
	job() {
		here LC_ALL=C.UTF-8 ansible-playbook -i localhost, -c local /job/x.yml | grep -E 'msg|ok='
	}
	try "ansible-core" ansible-playbook -a /job/x.yml
}

test_yamllint() {
	job() {
		printf 'a: 1\nb:  2 \n' | here yamllint -f parsable -
		echo "status $?"
	}
	try "yamllint" yamllint
}

test_csvsql() {
	job() {
		printf 'a,b\n1,x\n2,y\n' | here csvsql --query 'select b from stdin where a > 1'
	}
	try "csvkit python3-csvkit" csvsql
}

test_black() {
	job() {
		echo 'x = { "a":1 }' | here LC_ALL=C.UTF-8 black -q -
	}
	try "black" black
}

test_sqlformat() {
	job() {
		echo 'select a,b from t' | here sqlformat -r -k upper -
	}
	try "sqlformat python3-sqlparse" sqlformat
}

test_cython3() {
	give /job/x.pyx <<<'def f(int n): return n + 1'
	job() {
		here cython3 -3 -o /tmp/x.c /job/x.pyx && grep -c __Pyx "$where/tmp/x.c"
	}
	try "cython3" cython3 -a /job/x.pyx
}

test_mypy() {
	give /job/x.py <<<'def f(n: int) -> str: return n'
	job() {
		here mypy --cache-dir /tmp/cache /job/x.py
		echo "status $?"
	}
	try "mypy python3-mypy" mypy -a /job/x.py
}

test_pylint() {
	give /job/x.py <<<'import os
x = undefined'
	job() {
		here PYLINTHOME=/tmp pylint --score=n /job/x.py
		echo "status $?"
	}
	try "pylint" pylint -a /job/x.py
}

test_ipython3() {
	job() {
		here ipython3 --no-banner --colors=NoColor -c 'print([n * n for n in range(3)])'
	}
	try "ipython3 python3-ipython" ipython3
}

test_lxml() {
	give /job/x.py <<<'#!/usr/bin/python3
import lxml.etree, yaml, requests
print(lxml.etree.fromstring("<a><b/></a>").xpath("count(//b)"), yaml.safe_load("[1, 2]"), requests.__name__)'
	chmod 755 "$system/job/x.py"
	job() {
		here /job/x.py
	}
	try "python3-lxml python3-yaml python3-requests" /job/x.py
}

test_libxml() {
	give /job/x.pl <<<'#!/usr/bin/perl
use strict; use XML::LibXML; use DateTime; use Text::CSV;
print XML::LibXML->load_xml(string => "<a><b/></a>")->findvalue("count(//b)"), " ",
	DateTime->new(year => 2020, time_zone => "Europe/Rome")->strftime("%F %Z"), " ",
	Text::CSV->new->combine(1, 2) ? "csv\n" : "none\n";'
	chmod 755 "$system/job/x.pl"
	job() {
		here /job/x.pl
	}
	try "libxml-libxml-perl libdatetime-perl libtext-csv-perl" /job/x.pl
}

test_nokogiri() {
	give /job/x.rb <<<'#!/usr/bin/ruby
require "nokogiri"
puts Nokogiri::XML("<a><b/></a>").xpath("count(//b)")'
	chmod 755 "$system/job/x.rb"
	job() {
		here /job/x.rb
	}
	try "ruby-nokogiri" /job/x.rb
}

test_rake() {
	give /job/Rakefile <<<'require "rake/clean"
task(:default) { puts "hello" }'
	job() {
		here rake -q -f /job/Rakefile
	}
	try "rake" rake -a /job/Rakefile
}

test_markdown() {
	job() {
		printf '# T\n\nhello *you*\n' | here markdown
	}
	try "markdown" markdown
}

test_raku() {
	job() {
		here raku -e 'use Test; is 6 * 7, 42; say (1..3).map(* ** 2)'
	}
	try "rakudo" raku
}

test_neofetch() {
	job() {
		here neofetch --off --stdout --config none 2>/dev/null | grep -E '^(OS|Kernel|Shell)' | sed -n 1,2p
	}
	try "neofetch" neofetch
}

test_lynis() {
	uid=0
	job() {
		here lynis show profiles | sed -n 1,5p
		here lynis show groups | sed -n 1,5p
	}
	try "lynis" lynis -a /etc/lynis
}

test_uncrustify() {
	give /job/x.c <<<'int main(void){return 0;}'
	job() {
		here uncrustify -q -l C -c - -f /job/x.c
	}
	try "uncrustify" uncrustify -a /job/x.c
}

test_yasm() {
	give /job/x.asm <<<'global f
f: mov eax, 42
ret'
	job() {
		here yasm -f elf64 -o /tmp/x.o /job/x.asm && of /tmp/x.o
	}
	try "yasm" yasm -a /job/x.asm
}

test_jed() {
	give /job/x.sl <<<'require("keydefs"); message(sprintf("%d %s", 6 * 7, path_basename("/a/b"))); exit_jed();'
	job() {
		here TERM=xterm jed -batch -n -l /job/x.sl 2>&1 | tail -n 2
	}
	try "jed jed-common libslang2" jed -a /job/x.sl
}

start_debian languages
run ansible-playbook yamllint csvsql black sqlformat cython3 mypy pylint ipython3 lxml libxml nokogiri rake \
	markdown raku neofetch lynis uncrustify yasm jed
finish_any
