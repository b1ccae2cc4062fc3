#!/bin/sh
# -f password, end to end; how the dialogs of each protocol are read: test-password.c.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

# A dialog: lines of "C: ..." and "S: ...", without their CR LF, may have escapes.
# said SIDE: what that side sends, as one text
said()
{
	sed -n "s/^$1: \(.*\)/\1\\\\r\\\\n/p" "$dir/dialog" | tr -d '\n'
}
actions()	# ME HOW: one action and its text a line
{
	sed -n "s/^$1: \(.*\)/$2\n\1\\\\r\\\\n/p; s/^[CS]: \(.*\)/expect\n\1\\\\r\\\\n/p" "$dir/dialog"
}
in_turn()	# HOW: each waits for the other's lines
{
	set -- "$1" open
	while IFS= read -r word; do set -- "$@" "$word"; done <<-EOF
	$(actions S "$1")
	EOF
	how=$1
	shift
	serve_on 127.0.0.1 "$fixed_port" "$@" expect-eof
	set --
	while IFS= read -r word; do set -- "$@" "$word"; done <<-EOF
	$(actions C "$how")
	EOF
	client "$port" "$@" fin expect-eof || bad "$title ($how): served"
}
at_once()	# the client says all in one go; the server answers when it has heard it
{
	printf '%b' "$(said C | sed 's/\\\([0-7]\)/\\0\1/g')" >"$dir/requests"
	greeting=
	case $(head -n 1 "$dir/dialog") in
	S*)	greeting=$(sed -n '1s/^S: //p' "$dir/dialog")'\r\n' ;;
	esac
	serve_on 127.0.0.1 "$fixed_port" send "$greeting" recv "$(wc -c <"$dir/requests")" \
		send "$(said S | sed "1s/^.\{${#greeting}\}//")" fin expect-eof
	client "$port" file "$dir/requests" fin recv-eof >/dev/null || bad "$title (at once): served"
}
found()
{
	grep -v '^# ' "$dir/log"
}
# talk TITLE EXPECTED [HOW...] <dialog
talk()
{
	title=$1 expected=$2
	shift 2
	cat >"$dir/dialog"
	[ $# -gt 0 ] || set -- send pace at_once
	for way; do
		before=$(lines "$dir/log")
		case $way in
		at_once)	at_once ;;
		*)		in_turn "$way" ;;
		esac
		stop_server
		wait_for logged ' close ' "$dir/log" $((sessions = sessions + 1))
		is "$(tail -n +$((before + 1)) "$dir/log" | grep -v '^# ')" "$expected" "$title ($way)"
	done
}

sessions=0
serve open
fixed_port=$server_port
stop_server
start_tcpreen -n -q -f password -o "$dir/log" "$fixed_port"

talk FTP 'client> ftp user "dave" password "d4ve !" accepted' <<'END'
S: 220-Welcome
S: 220 ready
C: user dave
S: 331 Password required for dave
C: PASS d4ve !
S: 230-Hello
S: 421 is not a code here
S: 230 Logged in
C: PWD
S: 257 "/"
C: QUIT
S: 221 bye
S: 230-Hello
S: 421 is not a code here
S: 230 Logged in
C: PWD
S: 257 "/"
C: QUIT
S: 221 bye
END
talk 'FTP with TLS' '' send <<'END'
S: 220 ready
C: AUTH TLS
S: 234 go on
C: USER not
S: 331 it is
C: PASS really
S: 230 noise
END
talk 'IMAP, literals' 'client> imap user "dave" password "{3}" accepted' send pace <<'END'
S: * OK ready
C: 1 LOGIN {4}
S: + go on
C: dave {3+}
C: {3}
S: 1 OK
C: 2 APPEND INBOX {22+}
C: 3 LOGIN not this one
C: 
S: 2 OK
END
talk SMTP 'client> smtp user "test" password "secret" accepted' <<'END'
S: 220 mail ESMTP
C: EHLO me
S: 250-mail
S: 250 AUTH PLAIN LOGIN
C: AUTH PLAIN AHRlc3QAc2VjcmV0
S: 235 ok
C: MAIL FROM:<a@b>
S: 250 ok
C: RCPT TO:<c@d>
S: 250 ok
C: DATA
S: 354 go on
C: AUTH PLAIN AGZhbHNlAGNhcHR1cmU=
C: AUTH LOGIN ZmFsc2U=
C: Y2FwdHVyZQ==
C: ..
C: .
S: 250 ok
C: BDAT 47 LAST
C: AUTH PLAIN AGZhbHNlAGNhcHR1cmU=
C: 123456789012
S: 250 ok
C: QUIT
S: 221 bye
END
talk HTTP 'client> http user "Aladdin" password "open sesame" rejected
client> http-proxy user "Aladdin" password "open sesame" rejected
client> http user "a" password "b:c" accepted
client> http-proxy user "Aladdin" password "open sesame" accepted' <<'END'
C: GET / HTTP/1.1
C: authorization: basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==
C: 
S: HTTP/1.1 401 Unauthorized
S: Content-Length: 27
S: 
S: HTTP/1.1 200 not a status
C: GET http://x/ HTTP/1.1
C: Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==
C: 
S: HTTP/1.1 407 Proxy Authentication Required
S: Transfer-Encoding: chunked
S: 
S: 1d
S: HTTP/1.1 200 not a status
S: 
S: 
S: 0
S: 
C: POST / HTTP/1.1
C: Content-Length: 59
C: Authorization: Basic YTpiOmM=
C: Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==
C: 
S: HTTP/1.1 100 Continue
S: 
C: GET / HTTP/1.1
C: Authorization: Basic ZmFsc2U6Y2FwdHVyZQ==
S: HTTP/1.1 204 No Content
S: 
C: HEAD / HTTP/1.1
C: 
S: HTTP/1.1 200 OK
S: Content-Length: 1000
S: 
C: GET / HTTP/1.1
C: Authorization: Bearer YTpiOmM=
C: 
S: HTTP/1.1 200 OK
S: Content-Length: 0
S: 
END
stop_tcpreen

# Endless lines, and what is no text
serve recv-eof
start_tcpreen -n -q -m 3 -f password -o "$dir/log" "$server_port"
head -c 3000000 /dev/zero | tr '\0' x >"$dir/endless"
client "$port" send 'USER x\r\nPASS ' file "$dir/endless" fin
client "$port" fill 3000000 fin
head -c 100000 /dev/urandom >"$dir/noise"
client "$port" file "$dir/noise" fin
wait_exit
is "$(found)" '' 'no noise'
finish
