#!/bin/sh
# -f password: credentials and nothing but, with the server's answer to that very command.
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
talk 'FTP, refused, then not' 'client> ftp user "a" password "\"\\\303\274" rejected
client> ftp user "b" password "" accepted' <<'END'
S: 220 ready
C: USER a
S: 331 Password
C: PASS "\\\303\274
S: 530 no
C: USER b
S: 331 Password
C: PASS
S: 230 Logged in
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
talk 'FTP with TLS refused, and a free greeting' 'client> ftp user "dave" password "x" unknown' <<'END'
S: 220-Welcome
S: to this host
S: 220 ready
C: AUTH TLS
S: 502 no
C: USER dave
S: 331 Password
C: PASS x
S: 332 account, too
END
talk 'FTP without an answer' 'client> ftp user "dave" password "x" unknown' <<'END'
S: 220 ready
C: USER dave
S: 331 Password
C: PASS x
END
talk POP3 'client> pop3 user "dave" password "p w" accepted' <<'END'
S: +OK ready <1.2@host>
C: CAPA
S: +OK
S: USER
S: -ERR is but a line
S: .
C: USER dave
S: +OK
C: PASS p w
S: +OK
C: RETR 1
S: +OK 20 octets
S: USER eve
S: PASS never
S: .
C: QUIT
S: +OK
END
talk 'POP3 AUTH' 'client> pop3 user "test" password "secret" rejected
client> pop3 user "test" password "secret" rejected
client> pop3 user "test" password "secret" accepted' send pace <<'END'
S: +OK
C: AUTH
S: +OK
S: PLAIN
S: .
C: AUTH PLAIN AHRlc3QAc2VjcmV0
S: -ERR
C: auth plain
S: + 
C: AHRlc3QAc2VjcmV0
S: -ERR
C: AUTH LOGIN
S: + VXNlcm5hbWU6
C: dGVzdA==
S: + UGFzc3dvcmQ6
C: c2VjcmV0
S: +OK
END
talk IMAP 'client> imap user "a b" password "c\"d\\" accepted' <<'END'
S: * OK ready
C: x1 CAPABILITY
S: * CAPABILITY IMAP4rev1
S: x1 OK
C: x2 login "a b" "c\\"d\\\\"
S: x2 OK
C: x3 FETCH 1 BODY[]
S: * 1 FETCH (BODY[] {25}
S: x9 NO this is in a mail
S: )
S: x3 OK
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
talk 'IMAP, a literal refused' 'client> imap user "b" password "c" rejected' send pace <<'END'
S: * OK ready
C: 1 LOGIN {4000000}
S: 1 NO too long
C: 2 LOGIN b c
S: 2 NO
END
talk 'IMAP, answers to what came before a literal' 'client> imap user "dave" password "d4ve" accepted' send pace <<'END'
S: * OK ready
C: 7c8d9f8e-1b3a-4c55-9d1e-000000000001 CAPABILITY
C: 7c8d9f8e-1b3a-4c55-9d1e-000000000002 LOGIN {0000000000000000000004}
S: 7c8d9f8e-1b3a-4c55-9d1e-000000000001 OK done
S: + go on
C: dave d4ve
S: 7c8d9f8e-1b3a-4c55-9d1e-000000000002 OK done
END
talk 'IMAP AUTHENTICATE' 'client> imap user "test" password "secret" rejected
client> imap user "test" password "secret" accepted' send pace <<'END'
S: * OK ready
C: a AUTHENTICATE PLAIN
S: + 
C: AHRlc3QAc2VjcmV0
S: * CAPABILITY IMAP4rev1
S: a NO
C: b AUTHENTICATE CRAM-MD5
S: + PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+
C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw
S: b NO
C: c AUTHENTICATE LOGIN
S: + VXNlcm5hbWU6
C: dGVzdA==
S: + UGFzc3dvcmQ6
C: c2VjcmV0
S: c OK
END
talk 'IMAP with TLS' '' send <<'END'
S: * OK ready
C: a STARTTLS
S: a OK
C: b LOGIN not this
S: b OK
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
talk 'SMTP, all ways of AUTH' 'client> smtp user "test" password "secret" rejected
client> smtp user "test" password "secret" rejected
client> smtp user "test" password "secret" accepted' send pace <<'END'
S: 220 mail ESMTP
C: ehlo me
S: 250 mail
C: Auth Plain
S: 334 
C: AHRlc3QAc2VjcmV0
S: 535 no
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: dGVzdA==
S: 334 UGFzc3dvcmQ6
C: *
S: 501 as you like
C: AUTH LOGIN
S: 504 unknown
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: dGVzdA==
S: 334 UGFzc3dvcmQ6
C: c2VjcmV0
S: 535 no
C: DATA
S: 503 not now
C: AUTH LOGIN dGVzdA==
S: 334 UGFzc3dvcmQ6
C: c2VjcmV0
S: 235 ok
END
talk 'SMTP, not now' 'client> smtp user "test" password "secret" unknown' <<'END'
S: 220 mail
C: EHLO me
S: 250 AUTH PLAIN
C: AUTH PLAIN AHRlc3QAc2VjcmV0
S: 454 4.7.0 temporary failure
END
talk 'SMTP with TLS' '' send <<'END'
S: 220 mail
C: STARTTLS
S: 220 go on
C: AUTH PLAIN AHRlc3QAc2VjcmV0
S: 235 ok
END
talk 'SMTP, TLS refused' 'client> smtp user "test" password "secret" accepted' <<'END'
S: 220 mail
C: STARTTLS
S: 454 not now
C: AUTH PLAIN AHRlc3QAc2VjcmV0
S: 235 ok
END
talk NNTP 'client> nntp user "dave" password "pw" rejected
client> nntp user "dave" password "pw2" accepted' <<'END'
S: 200 news
C: MODE READER
S: 200 ok
C: authinfo user dave
S: 381 more
C: AUTHINFO PASS pw
S: 481 no
C: AUTHINFO USER dave
S: 381 more
C: AUTHINFO PASS pw2
S: 281 ok
C: ARTICLE 1
S: 220 1 <a@b>
S: 481 is in the article
S: .
C: POST
S: 340 go on
C: AUTHINFO USER eve
C: AUTHINFO PASS never
C: .
S: 240 ok
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
talk 'HTTP, verdicts' 'client> http user "a" password "b:c" unknown
client> http user "a" password "b:c" rejected
client> http user "a" password "b:c" accepted' <<'END'
C: GET / HTTP/1.1
C: Authorization: Basic YTpiOmM=
C: 
S: HTTP/1.1 301 elsewhere
S: Content-Length: 0
S: 
C: POST / HTTP/1.1
C: Authorization: Basic YTpiOmM=
C: Transfer-Encoding: gzip, chunked 
C: 
C: 0
C: 
S: HTTP/1.1  401 no
S: Transfer-Encoding: chunked	
S: 
S: 0
S: 
C: GET / HTTP/1.1
C: Authorization: Basic YTpiOmM=
C: 
S: HTTP/1.1 200 OK
S: Content-Length: 0
S: 
END
talk 'HTTP, a length that was cut' '' <<END
C: POST / HTTP/1.1
C: Content-Length: $(printf '%02100d' 57)
C: 
C: GET / HTTP/1.1
C: Authorization: Basic YTpiOmM=
C: 
S: HTTP/1.1 200 OK
S: Content-Length: 0
S: 
END
talk 'an unknown protocol' '' <<'END'
S: hello
C: USER dave
C: PASS secret
S: 230 ok
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
