/* test-options.c - command lines, and what tcpreen understands by them
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/wait.h>
#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "manager.h"
#include "options.h"
#include "unit.h"

#define WORDS	12

static const char *const stamps[] = { "none", "clock", "iso", "relative", "delta" };
static const char *const colors[] = { "auto", "always", "never" };

#define BYTES_WANTED	"not a number of bytes from 1 (K, M or G may follow)"
#define SECONDS_WANTED	"not a number of seconds above 0, up to 100000000 (0.5 is one)"
#define COLORS		"unknown; known are auto, always, never"
#define STAMPS		"unknown; known are clock, iso, relative, delta"
#define PROTOCOLS	"unknown; known are tcp, tcp6, unix, local, any"
#define NO_SERVICE_HERE	"neither a port nor a known service"
#define NO_SERVICE(word) NO_SERVICE_HERE " (a host comes with its port: " #word ":25)"
#define A_PATH(protocol) "neither a port nor a known service (a path needs -p " protocol ")"
#define NO_NUMBER(most)	"after the slash, not a number from 0 to " #most
#define LINK_LOCAL	"an interface is for link-local addresses (fe80::/10)"
#define NO_USE		"nothing is written in it; an -o must come after it"
#define NO_HOST_PORT	"neither port nor host:port (IPv6 in brackets: [::1]:25)"

/*
 * What the words mean, as describe() tells it: the ports, then whatever is not
 * as it is without options; or, after a "!", the exact text of the error.
 */
static const struct row {
	const char	*words[WORDS];
	const char	*means;
} rows[] = {
	/* operands */
	{ { "25" }, "25 0" },
	{ { "25", "2525" }, "25 2525" },
	{ { "1" }, "1 0" },
	{ { "65535", "65535" }, "65535 65535" },
	{ { "25", "0" }, "25 0" },
	{ { "00025" }, "00025 0" },
	{ { "no-such-service" }, "!serverport no-such-service: " NO_SERVICE(no-such-service) },
	{ { "25", "no-such-service" }, "!localport no-such-service: " NO_SERVICE(no-such-service) },
	{ { "mail.example", "25" }, "!serverport mail.example: neither a port nor a known service"
	    " (a host comes with its port: mail.example:25)" },
	{ { "25", "-c", "mail.example" }, "!localport mail.example: " NO_SERVICE(mail.example) },
	{ { "/run/docker.sock" }, "!serverport /run/docker.sock: " A_PATH("unix/tcp") },
	{ { "25", "@x" }, "!localport @x: " A_PATH("tcp/unix") },
	{ { "-p", "unix", "@a", "@" }, "@a @ protocol unix/unix" },
	{ { "25", "./x" }, "!localport ./x: " A_PATH("tcp/unix") },
	{ { "-p", "tcp6/any", "/a" }, "!serverport /a: " A_PATH("unix/any") },
	{ { "-p", "tcp6/any", "25", "/a" }, "!localport /a: " A_PATH("tcp6/unix") },
	{ { "lo:no-such-service" }, "!serverport no-such-service: " NO_SERVICE_HERE },
	{ { "http://mail.example:80/" }, "!serverport http://mail.example:80/: " A_PATH("unix/tcp") },
	{ { NULL }, "!serverport: missing" },
	{ { "-n" }, "!serverport: missing" },
	{ { "--" }, "!serverport: missing" },
	{ { "25", "2525", "more" }, "!more: one argument too many" },
	{ { "" }, "!serverport: empty" },
	{ { "25", "" }, "!localport: empty" },
	{ { "0" }, "!serverport 0: not a port from 1 to 65535" },
	{ { "65536" }, "!serverport 65536: not a port from 1 to 65535" },
	{ { "99999999999999999999999" },
	    "!serverport 99999999999999999999999: not a port from 1 to 65535" },
	{ { "25", "65536" }, "!localport 65536: not a port from 0 to 65535" },
	{ { "25x" }, "!serverport 25x: " NO_SERVICE_HERE },
	{ { "--", "-1" }, "!serverport -1: " NO_SERVICE_HERE },
	{ { "+25" }, "!serverport +25: " NO_SERVICE_HERE },
	{ { "25", "--", "-1" }, "!localport -1: " NO_SERVICE_HERE },
	{ { "25", "-n", "2525" }, "25 2525 numeric" },
	{ { "--", "25", "2525" }, "25 2525" },

	/* host:port, in place of -s host and -a host */
	{ { "mail.example:25" }, "25 0 server-host mail.example" },
	{ { "mail.example:25", "127.0.0.1:2525" },
	    "25 2525 client-host 127.0.0.1 server-host mail.example" },
	{ { "25", "lo:0" }, "25 0 client-host lo" },
	{ { "[::1]:25", "[fe80::1%lo]:2525" },
	    "25 2525 client-host [fe80::1%lo] server-host [::1]" },
	{ { "-a", "lo", "mail.example:25" }, "25 0 client-host lo server-host mail.example" },
	{ { "mail.example:25", "-s", "b.example" },
	    "!serverport mail.example:25: -s b.example names a host, too; say it once" },
	{ { "25", "lo:2525", "-a", "eth0" },
	    "!localport lo:2525: -a eth0 names a host, too; say it once" },
	{ { "-c", "b.example:25", "a.example:2525" },
	    "25 2525 client-host a.example server-host b.example connects" },
	{ { "-c", "25", "a.example:0" }, "!localport 0: not a port from 1 to 65535" },
	{ { "-l", "lo:0", "lo:0" }, "0 0 client-host lo server-host lo listens" },
	{ { "mail.example:0" }, "!serverport 0: not a port from 1 to 65535" },
	{ { "mail.example:65536" }, "!serverport 65536: not a port from 1 to 65535" },
	{ { "mail.example:25x" }, "!serverport 25x: " NO_SERVICE_HERE },
	{ { "mail.example:" }, "!serverport mail.example:: " NO_HOST_PORT },
	{ { ":25" }, "!serverport :25: " NO_HOST_PORT },
	{ { ":" }, "!serverport :: " NO_HOST_PORT },
	{ { "25", ":2525" }, "!localport :2525: " NO_HOST_PORT },
	{ { "::1" }, "!serverport ::1: " NO_HOST_PORT },
	{ { "::1:25" }, "!serverport ::1:25: " NO_HOST_PORT },
	{ { "[::1]" }, "!serverport [::1]: " NO_HOST_PORT },
	{ { "[::1:25" }, "!serverport [::1:25: " NO_HOST_PORT },
	{ { "a:b:25" }, "!serverport a:b:25: " NO_HOST_PORT },
	{ { "-p", "unix", "/a:1", "b:2" }, "/a:1 b:2 protocol unix/unix" },
	{ { "-p", "unix/tcp", "a:1", "lo:2" }, "a:1 2 protocol unix/tcp client-host lo" },
	{ { "-p", "tcp/unix", "lo:1", "a:2" }, "1 a:2 protocol tcp/unix server-host lo" },

	/* -a, -s */
	{ { "-a", "192.0.2.1", "25" }, "25 0 client-host 192.0.2.1" },
	{ { "-alo", "25" }, "25 0 client-host lo" },
	{ { "--bind", "lo", "25" }, "25 0 client-host lo" },
	{ { "--bind=lo", "25" }, "25 0 client-host lo" },
	{ { "--accept", "lo", "25" }, "25 0 client-host lo" },
	{ { "-a", "lo", "-a", "eth0", "25" }, "25 0 client-host eth0" },
	{ { "-a", "", "25" }, "!-a: needs a value: ADDR" },
	{ { "-a" }, "!-a: needs a value: ADDR" },
	{ { "--bind" }, "!-a: needs a value: ADDR" },
	{ { "25", "--accept" }, "!-a: needs a value: ADDR" },
	{ { "-s", "[::1]", "25" }, "25 0 server-host [::1]" },
	{ { "--server", "mail.example", "25" }, "25 0 server-host mail.example" },
	{ { "-s", "", "25" }, "!-s: needs a value: HOST" },
	{ { "-s" }, "!-s: needs a value: HOST" },

	/* --allow */
	{ { "--allow", "192.0.2.0/24", "25" }, "25 0 allow 192.0.2.0/24" },
	{ { "--allow=lo.example", "--allow", "::1", "25" }, "25 0 allow lo.example allow ::1" },
	{ { "--allow", "::1", "-l", "25" }, "25 0 listens allow ::1" },
	{ { "--allow", "::1", "-p", "unix/any", "25" }, "25 0 protocol unix/any allow ::1" },
	{ { "--allow", "192.0.2.0/33", "25" }, "!--allow 192.0.2.0/33: " NO_NUMBER(32) },
	{ { "--allow", "::/129", "25" }, "!--allow ::/129: " NO_NUMBER(128) },
	{ { "--allow", "fe80::1%", "25" }, "!--allow fe80::1%: %: " LINK_LOCAL },
	{ { "--allow", "10", "25" }, "!--allow 10: not an address" },
	{ { "--allow", "", "25" }, "!--allow: needs a value: NET[/BITS]" },
	{ { "--allow" }, "!--allow: needs a value: NET[/BITS]" },
	{ { "--allow", "::1", "-c", "25", "26" },
	    "!--allow: not with -c, which waits for no client" },
	{ { "-p", "tcp/unix", "--allow", "::1", "25", "s" },
	    "!--allow: not with -p tcp/unix: clients of a Unix socket have no network" },

	/* --source */
	{ { "--source", "192.0.2.1", "25" }, "25 0 source 192.0.2.1" },
	{ { "--source=eth0", "-c", "25", "26" }, "25 26 connects source eth0" },
	{ { "--source", "::1", "-p", "any/unix", "25", "s" }, "25 s protocol any/unix source ::1" },
	{ { "--source", "" , "25" }, "!--source: needs a value: ADDR" },
	{ { "--source" }, "!--source: needs a value: ADDR" },
	{ { "--source", "::1", "-l", "25" }, "!--source: not with -l, which waits for the server" },
	{ { "-p", "local/tcp", "--source", "::1", "s" },
	    "!--source: not with -p local: a Unix socket is at no address" },

	/* -b */
	{ { "-b", "1", "25" }, "25 0 bytes 1" },
	{ { "-b1024", "25" }, "25 0 bytes 1024" },
	{ { "--bytes", "0010", "25" }, "25 0 bytes 10" },
	{ { "-b", "1K", "25" }, "25 0 bytes 1024" },
	{ { "-b", "1k", "25" }, "25 0 bytes 1024" },
	{ { "-b", "3M", "25" }, "25 0 bytes 3145728" },
	{ { "-b", "3m", "25" }, "25 0 bytes 3145728" },
	{ { "-b", "2G", "25" }, "25 0 bytes 2147483648" },
	{ { "-b", "2g", "25" }, "25 0 bytes 2147483648" },
	{ { "-b", "18446744073709551615", "25" }, "25 0 bytes 18446744073709551615" },
	{ { "-b", "18446744073709551616", "25" }, "!-b 18446744073709551616: " BYTES_WANTED },
	{ { "-b", "18014398509481983K", "25" }, "25 0 bytes 18446744073709550592" },
	{ { "-b", "18014398509481984K", "25" }, "!-b 18014398509481984K: " BYTES_WANTED },
	{ { "-b", "17179869184G", "25" }, "!-b 17179869184G: " BYTES_WANTED },
	{ { "-b", "0000000000000000000000000000001", "25" }, "25 0 bytes 1" },
	{ { "-b", "0", "25" }, "!-b 0: " BYTES_WANTED },
	{ { "-b", "0K", "25" }, "!-b 0K: " BYTES_WANTED },
	{ { "-b", "", "25" }, "!-b : " BYTES_WANTED },
	{ { "-b", "K", "25" }, "!-b K: " BYTES_WANTED },
	{ { "-b", "1KB", "25" }, "!-b 1KB: " BYTES_WANTED },
	{ { "-b", "1T", "25" }, "!-b 1T: " BYTES_WANTED },
	{ { "-b", "-1", "25" }, "!-b -1: " BYTES_WANTED },
	{ { "-b", "+1", "25" }, "!-b +1: " BYTES_WANTED },
	{ { "-b", " 1", "25" }, "!-b  1: " BYTES_WANTED },
	{ { "-b", "1 ", "25" }, "!-b 1 : " BYTES_WANTED },
	{ { "-b", "0x10", "25" }, "!-b 0x10: " BYTES_WANTED },
	{ { "-b", "1.5", "25" }, "!-b 1.5: " BYTES_WANTED },
	{ { "-b", "1K1", "25" }, "!-b 1K1: " BYTES_WANTED },
	{ { "-b", "17179869183G", "25" }, "25 0 bytes 18446744072635809792" },
	{ { "-b", "17592186044415m", "25" }, "25 0 bytes 18446744073708503040" },
	{ { "-b", "17592186044416M", "25" }, "!-b 17592186044416M: " BYTES_WANTED },
	{ { "-b", "99999999999999999999K", "25" }, "!-b 99999999999999999999K: " BYTES_WANTED },
	{ { "-b" }, "!-b: needs a value: N" },

	/* -c, -l */
	{ { "-c", "25", "2525" }, "25 2525 connects" },
	{ { "--connect", "25", "2525" }, "25 2525 connects" },
	{ { "-c", "25" }, "!localport: missing (-c: where is the client?)" },
	{ { "-c", "25", "0" }, "!localport 0: not a port from 1 to 65535" },
	{ { "-l", "25" }, "25 0 listens" },
	{ { "--listen", "0" }, "0 0 listens" },
	{ { "-cl", "0", "2525" }, "0 2525 connects listens" },
	{ { "-l", "65536" }, "!serverport 65536: not a port from 0 to 65535" },

	/* --color */
	{ { "--color", "25" }, "25 0" },
	{ { "--color=auto", "25" }, "25 0" },
	{ { "--color=always", "25" }, "25 0 color always" },
	{ { "--color=never", "25" }, "25 0 color never" },
	{ { "--color=blue", "25" }, "!--color blue: " COLORS },
	{ { "--color=", "25" }, "!--color : " COLORS },

	{ { "--color", "always", "25" }, "!always: not a port; write --color=always" },
	{ { "25", "--color", "never" }, "!never: not a port; write --color=never" },

	/* --timeout, --connect-timeout */
	{ { "--timeout", "1", "25" }, "25 0 idle 1000" },
	{ { "--timeout=1.5", "25" }, "25 0 idle 1500" },
	{ { "--timeout", ".25", "25" }, "25 0 idle 250" },
	{ { "--timeout", "0.001", "25" }, "25 0 idle 1" },
	{ { "--timeout", "0.0004", "25" }, "25 0 idle 1" },
	{ { "--timeout", "2.34567", "25" }, "25 0 idle 2346" },
	{ { "--timeout", "100000000", "25" }, "25 0 idle 100000000000" },
	{ { "--timeout", "100000001", "25" }, "!--timeout 100000001: " SECONDS_WANTED },
	{ { "--timeout", "0", "25" }, "!--timeout 0: " SECONDS_WANTED },
	{ { "--timeout", "0.000", "25" }, "!--timeout 0.000: " SECONDS_WANTED },
	{ { "--timeout", ".", "25" }, "!--timeout .: " SECONDS_WANTED },
	{ { "--timeout", "5.", "25" }, "25 0 idle 5000" },
	{ { "--timeout", "1..5", "25" }, "!--timeout 1..5: " SECONDS_WANTED },
	{ { "--timeout", "1.5.", "25" }, "!--timeout 1.5.: " SECONDS_WANTED },
	{ { "--timeout", "1e3", "25" }, "!--timeout 1e3: " SECONDS_WANTED },
	{ { "--timeout", "1.001", "25" }, "25 0 idle 1001" },
	{ { "--timeout", "0.0015", "25" }, "25 0 idle 2" },
	{ { "--timeout", "99999999.9996", "25" }, "25 0 idle 100000000000" },
	{ { "--timeout", "100000000.1", "25" }, "!--timeout 100000000.1: " SECONDS_WANTED },
	{ { "--timeout", "inf", "25" }, "!--timeout inf: " SECONDS_WANTED },
	{ { "--timeout", "nan", "25" }, "!--timeout nan: " SECONDS_WANTED },
	{ { "--timeout", "0x10", "25" }, "!--timeout 0x10: " SECONDS_WANTED },
	{ { "--timeout", "+1", "25" }, "!--timeout +1: " SECONDS_WANTED },
	{ { "--timeout", " 1", "25" }, "!--timeout  1: " SECONDS_WANTED },
	{ { "--timeout", "1 ", "25" }, "!--timeout 1 : " SECONDS_WANTED },
	{ { "--timeout", "1s", "25" }, "!--timeout 1s: " SECONDS_WANTED },
	{ { "--timeout", "1,5", "25" }, "!--timeout 1,5: " SECONDS_WANTED },
	{ { "--timeout", "-1", "25" }, "!--timeout -1: " SECONDS_WANTED },
	{ { "--timeout", "", "25" }, "!--timeout : " SECONDS_WANTED },
	{ { "--timeout" }, "!--timeout: needs a value: S" },
	{ { "--connect-timeout", "0.5", "25" }, "25 0 connect 500" },
	{ { "--connect-timeout", "x", "25" }, "!--connect-timeout x: " SECONDS_WANTED },
	{ { "--connect-timeout" }, "!--connect-timeout: needs a value: S" },

	/* --run */
	{ { "--run", "make test", "25" }, "25 0 open 64 run make test" },
	{ { "--run=true", "-F", "1", "25" }, "25 0 run true" },
	{ { "--run", "true", "-d", "25" }, "!--run: not with -d" },
	{ { "-c", "--run", "true", "25", "26" }, "!--run: not with -c" },
	{ { "--run", "", "25" }, "!--run: needs a value: COMMAND" },
	{ { "--run" }, "!--run: needs a value: COMMAND" },

	/* --pid-file */
	{ { "--pid-file", "/run/x.pid", "25" }, "25 0 pid-file /run/x.pid" },
	{ { "--pid-file=x", "-o", "y", "25" }, "25 0 pid-file x log y in C" },
	{ { "--pid-file=x", "-o", "y", "-o", "x", "25" }, "!-o x: that is the --pid-file" },
	{ { "-o", "x", "--pid-file", "x", "25" }, "!-o x: that is the --pid-file" },
	{ { "--pid-file", "", "25" }, "!--pid-file: needs a value: FILE" },
	{ { "--pid-file" }, "!--pid-file: needs a value: FILE" },

	/* -d, -n, -q, -v */
	{ { "-d", "25" }, "25 0 daemon quiet open 64 console none" },
	{ { "--daemon", "-F", "1", "25" }, "25 0 daemon quiet console none" },
	{ { "-F3", "-d", "25" }, "25 0 daemon quiet open 3 console none" },
	{ { "-dc", "25", "2525" }, "25 2525 connects daemon quiet console none" },
	{ { "--daemon=yes", "25" }, "!--daemon=yes: takes no value" },
	{ { "-n", "25" }, "25 0 numeric" },
	{ { "--numeric", "25" }, "25 0 numeric" },
	{ { "-q", "25" }, "25 0 quiet console none" },
	{ { "--quiet", "-f", "hex", "25" }, "!-f hex: " NO_USE },
	{ { "--quiet", "-f", "hex", "-o", "log", "25" }, "25 0 quiet log log in hex console none" },
	{ { "-q", "-f", "hex", "-o", "log", "-f", "strip", "25" }, "!-f strip: " NO_USE },
	{ { "-o", "log", "-f", "hex", "25", "-d" }, "!-f hex: " NO_USE },
	{ { "-o", "-", "-f", "hex", "25" }, "!-f hex: " NO_USE },
	{ { "-o", "log", "-f", "hex", "25" }, "25 0 log log in C console hex" },
	{ { "-f", "pcapng", "25" }, "!-f pcapng: not for the console; an -o FILE must come after it" },
	{ { "-o", "log", "-f", "pcapng", "25" },
	    "!-f pcapng: not for the console; an -o FILE must come after it" },
	{ { "-f", "pcapng", "-o", "log", "25" }, "25 0 log log in pcapng console null" },
	{ { "-f", "pcapng", "-o", "log", "-f", "hex", "25" }, "25 0 log log in pcapng console hex" },
	{ { "-v", "25" }, "25 0 verbosity 1" },
	{ { "-vv", "--verbose", "25" }, "25 0 verbosity 3" },

	/* -f, -o */
	{ { "-f", "hex", "25" }, "25 0 console hex" },
	{ { "--format=strip", "-f", "count", "25" }, "25 0 console count" },
	{ { "-f" }, "!-f: needs a value: FORMAT" },
	{ { "-o", "log", "25" }, "25 0 log log in C" },
	{ { "--output=log", "25" }, "25 0 log log in C" },
	{ { "-o", "a", "-f", "hex", "-o", "b", "-o", "c", "-fstrip", "25" },
	    "25 0 log a in C log b in hex log c in hex console strip" },
	{ { "-o", "a", "--append", "-o", "b", "-f", "hex", "-o", "c", "25" },
	    "25 0 log a in C log b in C appending log c in hex appending console hex" },
	{ { "-o", "a", "--append", "25" }, "25 0 log a in C" },
	{ { "-f", "hex", "-o", "-", "25" }, "25 0 quiet log - in hex console none" },
	{ { "-o", "syslog:", "25" }, "25 0 log syslog: in C" },
	{ { "-f", "raw", "-o", "log", "25" }, "25 0 log log in raw console raw" },
	{ { "-o", "log-%n-%c-%s-%t-%d-%p-%%", "25" }, "25 0 log log-%n-%c-%s-%t-%d-%p-%% in C" },
	{ { "-o", "log-%x", "25" }, "!-o log-%x: %x: unknown letter (%% stands for a %)" },
	{ { "-o", "log%", "25" }, "!-o log%: a % at the end (%% stands for one)" },
	{ { "-o", "%%%", "25" }, "!-o %%%: a % at the end (%% stands for one)" },
	{ { "-o", "", "25" }, "!-o: needs a value: FILE" },
	{ { "-o", "log", "-o", "log", "25" }, "!-o log: given twice" },
	{ { "-o", "log", "-f", "hex", "-o", "log", "25" }, "!-o log: given twice" },
	{ { "-o", "-", "-o", "-", "25" }, "!-o -: given twice" },
	{ { "-d", "-o", "-", "25" }, "!-o -: a daemon (-d) has no stdout" },
	{ { "-o", "-", "25", "--daemon" }, "!-o -: a daemon (-d) has no stdout" },
	{ { "-o", "syslog:local3", "25" }, "25 0 log syslog:local3 in C" },
	{ { "-o", "./syslog:nobody", "25" }, "25 0 log ./syslog:nobody in C" },
	{ { "-o", "syslog:nobody", "25" }, "!-o syslog:nobody: unknown; known are auth, authpriv, "
	    "cron, daemon, ftp, lpr, mail, news, syslog, user, uucp, local0, local1, local2, local3, "
	    "local4, local5, local6, local7" },
	{ { "-f", "raw", "-o", "syslog:mail", "25" },
	    "!-o syslog:mail takes lines of text, not -f raw" },
	{ { "-f", "raw", "-o", "syslog:", "25" },
	    "!-o syslog: takes lines of text, not -f raw" },
	{ { "-f", "pcapng", "-o", "syslog:", "25" },
	    "!-o syslog: takes lines of text, not -f pcapng" },
	{ { "-f", "json", "-o", "syslog:", "25" },
	    "!-o syslog: takes lines of text, not -f json" },
	{ { "-f", "pcapng", "-o", "cap-%n.%d", "25" },
	    "!-o cap-%n.%d: pcapng holds both directions: without %d" },
	{ { "-f", "pcapng", "-o", "cap-%%d-%n", "25" }, "25 0 log cap-%%d-%n in pcapng console null" },
	{ { "-o" }, "!-o: needs a value: FILE" },

	/* -F, -m */
	{ { "-F", "1", "25" }, "25 0" },
	{ { "--fork", "2", "25" }, "25 0 open 2" },
	{ { "-F1000000", "25" }, "25 0 open 1000000" },
	{ { "-F", "1000001", "25" }, "!-F 1000001: not a number from 1 to 1000000" },
	{ { "-F", "0", "25" }, "!-F 0: not a number from 1 to 1000000" },
	{ { "-F", "-1", "25" }, "!-F -1: not a number from 1 to 1000000" },
	{ { "-F", "1K", "25" }, "!-F 1K: not a number from 1 to 1000000" },
	{ { "-F", "", "25" }, "!-F : not a number from 1 to 1000000" },
	{ { "-F" }, "!-F: needs a value: N" },
	{ { "-m", "1", "25" }, "25 0 sessions 1" },
	{ { "--maxconn=4294967295", "25" }, "25 0 sessions 4294967295" },
	{ { "-m", "4294967296", "25" }, "!-m 4294967296: not a number from 1 to 4294967295" },
	{ { "-m", "0", "25" }, "!-m 0: not a number from 1 to 4294967295" },
	{ { "-m", "99999999999999999999", "25" },
	    "!-m 99999999999999999999: not a number from 1 to 4294967295" },
	{ { "-m" }, "!-m: needs a value: N" },

	/* -p */
	{ { "-p", "tcp6", "25" }, "25 0 protocol tcp6/tcp6" },
	{ { "--protocol=any/tcp6", "25" }, "25 0 protocol any/tcp6" },
	{ { "-p", "tcp/tcp", "25" }, "25 0" },
	{ { "-p", "unix", "/a", "/b" }, "/a /b protocol unix/unix" },
	{ { "-p", "local/tcp", "", "25" }, "!serverport: empty" },
	{ { "-p", "unix/tcp", "70000" }, "70000 0 protocol unix/tcp" },
	{ { "-p", "tcp/unix", "25" }, "!localport: missing (-p unix: a path to listen on)" },
	{ { "-p", "local", "25" }, "!localport: missing (-p local: a path to listen on)" },
	{ { "-p", "tcp/unix", "0", "/b" }, "!serverport 0: not a port from 1 to 65535" },
	{ { "-p", "", "25" }, "!-p : " PROTOCOLS },
	{ { "-p", "TCP", "25" }, "!-p TCP: " PROTOCOLS },
	{ { "-p", "tcp66", "25" }, "!-p tcp66: " PROTOCOLS },
	{ { "-p", "/tcp", "25" }, "!-p /tcp: " PROTOCOLS },
	{ { "-p", "tcp/", "25" }, "!-p tcp/: " PROTOCOLS },
	{ { "-p", "tcp/udp", "25" }, "!-p tcp/udp: " PROTOCOLS },
	{ { "-p", "tcp/tcp/tcp", "25" }, "!-p tcp/tcp/tcp: " PROTOCOLS },
	{ { "-p" }, "!-p: needs a value: P[/Q]" },

	/* --snap, -t, -u */
	{ { "--snap", "16", "25" }, "25 0 snap 16" },
	{ { "--snap=1K", "25" }, "25 0 snap 1024" },
	{ { "--snap", "0", "25" }, "!--snap 0: " BYTES_WANTED },
	{ { "--snap" }, "!--snap: needs a value: N" },
	{ { "-t", "25" }, "25 0 stamp clock" },
	{ { "--timestamps", "25" }, "25 0 stamp clock" },
	{ { "--timestamps=clock", "25" }, "25 0 stamp clock" },
	{ { "--timestamps=iso", "25" }, "25 0 stamp iso" },
	{ { "--timestamps=relative", "25" }, "25 0 stamp relative" },
	{ { "-t", "--timestamps=delta", "25" }, "25 0 stamp delta" },
	{ { "--timestamps=noon", "25" }, "!-t noon: " STAMPS },
	{ { "--timestamps=", "25" }, "!-t : " STAMPS },
	{ { "-t=iso", "25" }, "!-t=iso: write --timestamps=iso" },
	{ { "-nt=delta", "25" }, "!-nt=delta: write --timestamps=delta" },
	{ { "-n=x", "25" }, "!-=: unknown option" },
	{ { "-t", "iso", "25" }, "!iso: not a port; write --timestamps=iso" },
	{ { "-t", "delta", "25", "2525" }, "!delta: not a port; write --timestamps=delta" },
	{ { "25", "clock" }, "!clock: not a port; write --timestamps=clock" },
	{ { "-p", "unix", "iso", "clock" }, "iso clock protocol unix/unix" },
	{ { "-p", "unix/tcp", "iso", "iso" }, "!iso: not a port; write --timestamps=iso" },
	{ { "-p", "unix/tcp", "iso", "25" }, "iso 25 protocol unix/tcp" },
	{ { "-u", "nobody", "25" }, "25 0 user nobody" },
	{ { "--user=nobody", "25" }, "25 0 user nobody" },
	{ { "-u", "", "25" }, "!-u: needs a value: USER" },
	{ { "-u" }, "!-u: needs a value: USER" },

	/* -h, -V: whatever follows does not matter, what came before does */
	{ { "-h" }, "help" },
	{ { "--help", "--nonsense" }, "help" },
	{ { "-V" }, "version" },
	{ { "--version", "-b", "x" }, "version" },
	{ { "-nV", "25" }, "version" },
	{ { "-x", "-h" }, "!-x: unknown option" },

	/* what is no option */
	{ { "-x", "25" }, "!-x: unknown option" },
	{ { "-nx", "25" }, "!-x: unknown option" },
	{ { "-:", "25" }, "!-:: unknown option" },
	{ { "-?", "25" }, "!-?: unknown option" },
	{ { "--nonsense", "25" }, "!--nonsense: unknown option" },
	{ { "25", "--nonsense=3" }, "!--nonsense=3: unknown option" },
	{ { "--time", "3", "25" }, "!--time: could be --timestamps, --timeout" },
	{ { "--co=x", "25" }, "!--co=x: could be --connect, --color, --connect-timeout" },
	{ { "--t=1", "25" }, "!--t=1: could be --timestamps, --timeout" },
	{ { "--b=1", "25" }, "!--b=1: could be --bind, --bytes" },
	{ { "--=x", "25" }, "!--=x: unknown option" },
	{ { "--num", "25" }, "25 0 numeric" },
	{ { "--no-sandbox", "25" }, "25 0 unconfined" },
	{ { "--timeo", "3", "25" }, "25 0 idle 3000" },
};

static unsigned int	live;		/* blocks of memory that were asked for, and not given back */

/* Forgets the command line read before. */
static void
again(void)
{
#if HAVE_DECL_OPTRESET
	optreset = 1;
	optind = 1;
#else
	optind = 0;
#endif
}

static void
describe_run(const struct options *opt, struct buf *to)
{
	size_t i;

	if (opt->idle_ms > 0)
		buf_printf(to, " idle %lld", opt->idle_ms);
	if (opt->connect_ms > 0)
		buf_printf(to, " connect %lld", opt->connect_ms);
	if (opt->snap != UINTMAX_MAX)
		buf_printf(to, " snap %ju", opt->snap);
	if (opt->user != NULL)
		buf_printf(to, " user %s", opt->user);
	if (opt->pid_file != NULL)
		buf_printf(to, " pid-file %s", opt->pid_file);
	if (opt->run != NULL)
		buf_printf(to, " run %s", opt->run);
	if (opt->stamp != STAMP_NONE)
		buf_printf(to, " stamp %s", stamps[opt->stamp]);
	if (opt->color != COLOR_AUTO)
		buf_printf(to, " color %s", colors[opt->color]);
	if (opt->source != NULL)
		buf_printf(to, " source %s", opt->source);
	for (i = 0; i < opt->nallow; i++)
		buf_printf(to, " allow %s", opt->allow[i]);
	for (i = 0; i < opt->nlogs; i++)
		buf_printf(to, " log %s in %s%s", opt->log[i].name, opt->log[i].format->name,
		    opt->log[i].append ? " appending" : "");
	if (opt->console != &format_c)
		buf_printf(to, " console %s", opt->console != NULL ? opt->console->name : "none");
}

static void
describe(const struct options *opt, struct buf *to)
{
	size_t s;

	if (opt->help || opt->version) {
		buf_puts(to, opt->help ? "help" : "version");
		return;
	}
	for (s = SIDES; s-- > CLIENT; )
		if (opt->handed[s] > 0)
			buf_printf(to, "%s%zu handed over", s == CLIENT ? " " : "", opt->handed[s]);
		else
			buf_printf(to, "%s%s", s == CLIENT ? " " : "", opt->service[s]);
	if (strcmp(opt->protocol[SERVER]->name, "tcp") != 0 ||
	    strcmp(opt->protocol[CLIENT]->name, "tcp") != 0)
		buf_printf(to, " protocol %s/%s", opt->protocol[SERVER]->name,
		    opt->protocol[CLIENT]->name);
	if (opt->host[CLIENT] != NULL)
		buf_printf(to, " client-host %s", opt->host[CLIENT]);
	if (opt->host[SERVER] != NULL)
		buf_printf(to, " server-host %s", opt->host[SERVER]);
	buf_puts(to, opt->connects ? " connects" : "");
	buf_puts(to, opt->listens ? " listens" : "");
	buf_puts(to, opt->daemon ? " daemon" : "");
	buf_puts(to, opt->numeric ? " numeric" : "");
	buf_puts(to, opt->no_sandbox ? " unconfined" : "");
	buf_puts(to, opt->quiet ? " quiet" : "");
	if (opt->verbosity != 0)
		buf_printf(to, " verbosity %d", opt->verbosity);
	if (opt->max_bytes != 0)
		buf_printf(to, " bytes %ju", opt->max_bytes);
	if (opt->max_open != 1)
		buf_printf(to, " open %ju", opt->max_open);
	if (opt->max_sessions != 0)
		buf_printf(to, " sessions %ju", opt->max_sessions);
	describe_run(opt, to);
}

/* What options_parse() makes of tcpreen's words: see struct row. */
static void
understand(const char *const words[WORDS], struct buf *to, struct buf *line)
{
	const char *argv[WORDS + 2] = { "tcpreen" };
	struct options opt;
	struct cause why;
	unsigned int before;
	int argc, result;

	buf_puts(line, argv[0]);
	for (argc = 1; argc <= WORDS && words[argc - 1] != NULL; argc++) {
		argv[argc] = words[argc - 1];
		buf_printf(line, " '%s'", argv[argc]);
	}
	buf_putc(line, '\0');
	again();
	before = live;
	result = options_parse(&opt, argc, (char **)(void *)argv, &why);
	CHECK(result == 0 || result == -1, "%s: %d", line->data, result);
	CHECK(result == 0 || why.usage, "%s: a usage error", line->data);
	if (result != 0)
		buf_printf(to, "!%s", why.text);
	else
		describe(&opt, to);
	options_free(&opt);
	CHECK(opt.log == NULL && opt.nlogs == 0 && opt.operand[CLIENT] == NULL &&
	    opt.operand[SERVER] == NULL && opt.allow == NULL && opt.nallow == 0, "options_free() left something");
	CHECK(live == before, "%s: %u blocks, %u before", line->data, live, before);
	buf_putc(to, '\0');
}

static void
check(const char *const words[WORDS], const char *means)
{
	struct buf got = { 0 }, line = { 0 };

	understand(words, &got, &line);
	CHECK_TEXT((char *)got.data, means, (char *)line.data);
	buf_free(&got);
	buf_free(&line);
}

/* Each format by its name; the console may have to show another in its place. */
static void
check_formats(void)
{
	const char *words[WORDS] = { "-f", NULL, "-o", "log", "25" };
	const struct format *console;
	char means[200], more[100];
	size_t i;

	for (i = 0; formats[i] != NULL; i++) {
		words[1] = formats[i]->name;
		console = formats[i]->console != NULL ? formats[i]->console : formats[i];
		snprintf(more, sizeof(more), " console %s", console->name);
		snprintf(means, sizeof(means), "25 0 log log in %s%s", formats[i]->name,
		    console != &format_c ? more : "");
		check(words, means);
	}
}

/* A word that is no format: letter case counts, and so does every letter. */
static void
check_unknown_formats(void)
{
	static const char *const no_formats[] = { "c", "", "hexx", "he", "HEX" };
	const char *words[WORDS] = { "-f", NULL, "25" };
	struct buf means = { 0 };
	size_t i, f;

	for (i = 0; i < sizeof(no_formats) / sizeof(no_formats[0]); i++) {
		words[1] = no_formats[i];
		means.len = 0;
		buf_printf(&means, "!-f %s: unknown; known are", no_formats[i]);
		for (f = 0; formats[f] != NULL; f++)
			buf_printf(&means, "%s %s", f > 0 ? "," : "", formats[f]->name);
		buf_putc(&means, '\0');
		check(words, (char *)means.data);
	}
	buf_free(&means);
}

/* Names of services, where the system has any (a bare one has none). */
static void
check_services(void)
{
	static const char *const smtp[WORDS] = { "smtp", "smtp" };
	static const char *const host[WORDS] = { "a.example:smtp" };

	if (!endpoint_service_known("smtp"))
		return;
	check(smtp, "smtp smtp");
	check(host, "smtp 0 server-host a.example");
}

#define NOT_WITH	"not with the sockets of a service manager (LISTEN_FDS)"

/* Sockets of a service manager, and what may stand beside them */
static const struct {
	const char	*count, *names;
	struct row	 row;
} handed[] = {
	{ "1", NULL, { { "25" }, "25 1 handed over" } },
	{ "3", "a:b:c", { { "-n", "mail.example:25" }, "25 3 handed over server-host mail.example numeric" } },
	{ "1", NULL, { { "-p", "tcp/unix", "25" }, "25 1 handed over protocol tcp/unix" } },
	{ "2", "server:client", { { "25" }, "25 2 handed over" } },
	{ "1", NULL, { { NULL }, "!serverport: missing" } },
	{ "1", NULL, { { "25x" }, "!serverport 25x: " NO_SERVICE_HERE } },
	{ "1", NULL, { { "25", "2525" }, "!localport 2525: " NOT_WITH } },
	{ "1", NULL, { { "25", "2525", "more" }, "!localport 2525: " NOT_WITH } },
	{ "1", NULL, { { "-a", "lo", "25" }, "!-a lo: " NOT_WITH } },
	{ "1", NULL, { { "-d", "25" },
	    "!-d: would close the sockets of a service manager (LISTEN_FDS)" } },
	{ "1", NULL, { { "-c", "25", "26" }, "!-c: " NOT_WITH } },
	{ "1", NULL, { { "--run", "true", "25" }, "25 1 handed over open 64 run true" } },
	{ "2", "server:client", { { "-l" }, "1 handed over 1 handed over listens" } },
	{ "3", "client:server:client", { { "-l" }, "1 handed over 2 handed over listens" } },
	{ "1", "client", { { "-l", "25" }, "25 1 handed over listens" } },
	{ "1", "client", { { "-l", "0" }, "0 1 handed over listens" } },
	{ "1", "client", { { "-l", "-s", "lo", "0" }, "0 1 handed over server-host lo listens" } },
	{ "1", "client", { { "-l" }, "!serverport: missing" } },
	{ "1", "client", { { "-l", "25", "26" }, "!localport 26: " NOT_WITH } },
	{ "2", "server:client", { { "-l", "25" }, "!serverport 25: " NOT_WITH } },
	{ "2", "server:client", { { "-l", "-s", "lo" }, "!-s lo: " NOT_WITH } },
	{ "2", "server:client", { { "-l", "-a", "lo" }, "!-a lo: " NOT_WITH } },
	{ "1", "server", { { "-l", "25" }, "!-l: LISTEN_FDNAMES calls no socket client" } },
	{ "2", "client", { { "-l", "25" },
	    "!-l: LISTEN_FDNAMES has to call each socket client or server" } },
	{ "1", NULL, { { "-l", "25" },
	    "!-l: LISTEN_FDNAMES has to call each socket client or server" } },
};

/* Each in a process of its own, which a manager starts. */
static void
check_handed(void)
{
	struct cause why;
	char number[32];
	int status = -1;
	size_t i;
	pid_t pid;

	fflush(stdout);
	for (i = 0; i < sizeof(handed) / sizeof(handed[0]); i++) {
		if ((pid = fork()) == 0) {
			snprintf(number, sizeof(number), "%ld", (long)getpid());
			setenv("LISTEN_PID", number, 1);
			setenv("LISTEN_FDS", handed[i].count, 1);
			if (handed[i].names != NULL)
				setenv("LISTEN_FDNAMES", handed[i].names, 1);
			CHECK(manager_begin(&why) == 0, "case %zu", i);
			check(handed[i].row.words, handed[i].row.means);
			fflush(stdout);
			_exit(unit_failures > 0);
		}
		CHECK(waitpid(pid, &status, 0) == pid && status == 0, "case %zu: %#x", i, (unsigned)status);
	}
}

/* Nothing in the table of options is out of these tests' sight. */
static void
check_rows_cover(const struct option_row *option)
{
	char name[2][40] = { "", "" };
	bool seen[2] = { option->letter == 0, false };
	size_t i, w;

	snprintf(name[0], sizeof(name[0]), "-%c", option->letter);
	snprintf(name[1], sizeof(name[1]), "--%s", option->name);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (w = 0; w < WORDS && rows[i].words[w] != NULL; w++) {
			const char *word = rows[i].words[w];

			seen[0] = seen[0] || strncmp(word, name[0], 2) == 0;
			seen[1] = seen[1] || (strncmp(word, name[1], strlen(name[1])) == 0 &&
			    (word[strlen(name[1])] == '\0' || word[strlen(name[1])] == '='));
		}
	CHECK(seen[0], "%s is tested nowhere", name[0]);
	CHECK(seen[1], "%s is tested nowhere", name[1]);
}

#ifdef WRAPPED
static void	*block[8];	/* of calloc(3) and strdup(3), not freed; live of them */

/* Takes note of a block (from is NULL), or that it is given back (to is). */
static void *
replace(void *from, void *to)
{
	size_t i;

	for (i = 0; i < sizeof(block) / sizeof(block[0]); i++)
		if (block[i] == from && from != to) {
			block[i] = to;
			live += to != NULL ? 1 : -1U;
			break;
		}
	return to;
}

void	__real_free(void *);
void	__wrap_free(void *);
void
__wrap_free(void *p)
{
	if (p != NULL)
		replace(p, NULL);
	__real_free(p);
}

static unsigned int until_none;		/* allocations until there is no memory; 0: for ever */

static bool
no_memory(void)
{
	return until_none > 0 && --until_none == 0;
}

char	*__real_strdup(const char *);
char	*__wrap_strdup(const char *);
char *
__wrap_strdup(const char *s)
{
	if (!no_memory())
		return replace(NULL, __real_strdup(s));
	errno = ENOMEM;
	return NULL;
}

void	*__real_calloc(size_t, size_t);
void	*__wrap_calloc(size_t, size_t);
void *
__wrap_calloc(size_t n, size_t size)
{
	if (!no_memory())
		return replace(NULL, __real_calloc(n, size));
	errno = ENOMEM;
	return NULL;
}

/* No memory is no usage error. */
static void
check_memory(void)
{
	static const char *const says[] = { NULL, "options", "options", "serverport", "localport" };
	char want[100];
	const char *argv[] = { "tcpreen", "host:25", "addr:26", NULL };
	struct options opt;
	struct cause why;
	unsigned int i;

	for (i = 1; i < sizeof(says) / sizeof(says[0]); i++) {
		again();
		until_none = i;
		CHECK(options_parse(&opt, 3, (char **)(void *)argv, &why) == -1 && !why.usage,
		    "%s", says[i]);
		snprintf(want, sizeof(want), "%s: %s", says[i], strerror(ENOMEM));
		CHECK_TEXT(why.text, want, "no memory");
		until_none = 0;
		options_free(&opt);
		CHECK(live == 0, "%s: %u blocks stay", says[i], live);
	}
}
#endif

int
main(void)
{
	const struct option_row *option;
	size_t i;

	unsetenv("POSIXLY_CORRECT");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(rows[i].words, rows[i].means);
	check_formats();
	check_unknown_formats();
	check_services();
	check_handed();
#ifdef WRAPPED
	check_memory();
#endif
	for (option = options_table; option->name != NULL; option++)
		check_rows_cover(option);
	return unit_end();
}
