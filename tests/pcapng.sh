#!/bin/sh
# -f pcapng: tshark opens it without a complaint, and finds the conversation in it.
. "${srcdir:-.}/lib.sh"
{ have tshark && have capinfos; } || skip 'needs tshark and capinfos'

shark()	# FILE ARGUMENT...
{
	shark_file=$1
	shift
	tshark -r "$shark_file" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE "$@" \
		2>"$dir/tshark.err"
	grep -v '^Running as user' "$dir/tshark.err"
}
clean()	# FILE TITLE: nothing to complain of, every checksum right
{
	is "$(shark "$1" -Y 'tcp.analysis.flags || _ws.malformed || _ws.expert.severity >= "Warning"')" \
		'' "$2: tshark has no complaint"
	is "$(shark "$1" -Y 'tcp.checksum.status != 1 || ip.checksum.status != 1')" '' \
		"$2: checksums are right"
	capinfos "$1" >"$dir/capinfos" || bad "$2: capinfos reads it"
	like "$(cat "$dir/capinfos")" '^Capture application: *tcpreen ' "$2: it says who made it"
}
stream()	# FILE N: both directions of the Nth conversation, as hex; the server's lines have a tab
{
	shark "$1" -q -z "follow,tcp,raw,$2" | sed '1,/^Node 1/d;/^===/d'
}
hex()
{
	od -An -v -tx1 "$@" | tr -d ' \n'
}
said_by_client()
{
	stream "$@" | grep -v '^	' | tr -d '\n'
}
said_by_server()
{
	stream "$@" | sed -n 's/^	//p' | tr -d '\n'
}

# TCP over IPv4, the other families, and mixtures of them
# conversation TITLE FIELDS ARGUMENT...: with the server that serve started; then checks
conversation()
{
	title=$1 expected=$2
	shift 2
	start_tcpreen -n -q -m 1 -f pcapng -o "$dir/cap" "$@"
	case $port in
	/*)	set -- unix "$port" ;;
	*)	set -- "${client_host}" "$port" ;;
	esac
	"$PEER" connect "$@" send 'hello\n' expect 'hello\n' fill 200000 check 200000 fin expect-eof ||
		bad "$title: served"
	wait_exit
	clean "$dir/cap" "$title"
	is "$(said_by_client "$dir/cap" 0)" "$(hex "$dir/sent")" "$title: what the client said"
	is "$(said_by_server "$dir/cap" 0)" "$(hex "$dir/sent")" "$title: what the server said"
	like "$(shark "$dir/cap" -c 1 -T fields -E separator=' ' -e ip.src -e ip.dst -e ipv6.src \
		-e ipv6.dst -e tcp.srcport -e tcp.dstport | tr -s ' ')" "$expected" "$title: addresses"
	like "$(shark "$dir/cap" -c 1 -T fields -e frame.comment)" \
		'^session 1: client .*, server ' "$title: the comment"
	is "$(shark "$dir/cap" -T fields -e tcp.flags | sed -n '1,3p' | tr '\n' ' ')" \
		'0x0002 0x0012 0x0010 ' "$title: handshake"
	is "$(shark "$dir/cap" -T fields -e tcp.flags | tail -n 3 | tr '\n' ' ')" \
		'0x0011 0x0011 0x0010 ' "$title: the end of both streams"
}

# What the client of each will say
serve to "$dir/sent" recv 200006 touch "$dir/all"
"$PEER" connect 127.0.0.1 "$server_port" send 'hello\n' fill 200000 wait-file "$dir/all"
stop_server

serve echo
conversation tcp "^ *127\.0\.0\.1 127\.0\.0\.1 [0-9]+ $server_port\$" "$server_port"
conversation tcp/unix "^ *127\.0\.0\.2 127\.0\.0\.1 [0-9]+ $server_port\$" \
	-p tcp/unix "$server_port" "$dir/socket"
stop_server
serve_on unix "$dir/server" echo
conversation unix/tcp '^ *127\.0\.0\.1 127\.128\.0\.2 [0-9]+ 1$' -p unix/tcp "$dir/server"
stop_server
if have_ipv6; then
	server_host=::1
	serve echo
	conversation tcp6/tcp "^ *::ffff:127\.0\.0\.1 ::1 [0-9]+ $server_port\$" -p tcp6/tcp \
		-s ::1 "$server_port"
	where='-a ::1' client_host=::1
	conversation tcp6 "^ *::1 ::1 [0-9]+ $server_port\$" -p tcp6 -s ::1 "$server_port"
	stop_server
	server_host=127.0.0.1 where='-a 127.0.0.1' client_host=127.0.0.1
fi

# Many sessions in one file; the server's numbers wrap after 35 MB of the 27th.
serve echo
start_tcpreen -n -q -F 8 -f pcapng -o "$dir/cap" "$server_port"
for i in 1 2 3 4 5; do
	"$PEER" -n 5 -j connect 127.0.0.1 "$port" both 30000 fin expect-eof || bad 'many: served'
done
"$PEER" connect 127.0.0.1 "$port" fin expect-eof
client "$port" both 36000000 fin expect-eof
stop_tcpreen
clean "$dir/cap" 'many sessions, and a wrap'
is "$(shark "$dir/cap" -q -z conv,tcp | grep -c '<->')" 27 'many: each is a conversation'
is "$(shark "$dir/cap" -Y 'tcp.stream == 3' -T fields -e tcp.len | awk '{ n += $1 } END { print n }')" \
	60000 'many: with all its bytes'
is "$(shark "$dir/cap" -Y 'tcp.stream == 26' -T fields -e tcp.len | awk '{ n += $1 } END { print n }')" \
	72000000 'wrap: all bytes are there'
is "$(shark "$dir/cap" -o tcp.relative_sequence_numbers:FALSE -Y 'tcp.stream == 26' -T fields \
	-e tcp.seq_raw -e tcp.srcport | awk -v server="$server_port" \
	'$2 == server { if ($1 < last) wraps++; last = $1 } END { print wraps + 0 }')" 1 'wrap: it wrapped'
stop_server

# Urgent data, a reset, a server that is not there, --snap
serve recv 1 urgent-expect '!' send ab reset
start_tcpreen -n -q -f pcapng -o "$dir/cap" "$server_port"
client "$port" send a urgent '!' expect ab expect-reset
stop_server
client "$port" expect-reset
stop_tcpreen
: >"$dir/server.err"
is "$(shark "$dir/cap" -Y 'tcp.flags.urg == 1' -T fields -e tcp.payload -e tcp.urgent_pointer)" \
	'21	1' 'urgent data is marked so'
is "$(shark "$dir/cap" -Y 'tcp.flags.reset == 1' -T fields -e tcp.stream -e tcp.srcport)" \
	"0	$server_port
1	$server_port" 'a reset, by the one who did it'
like "$(shark "$dir/cap" -Y 'tcp.stream == 1' -c 28 -T fields -e frame.comment)" \
	'^session 2: .*: Connection refused$' 'a session that found no server says why'
is "$(shark "$dir/cap" -Y 'tcp.analysis.flags || _ws.malformed')" '' 'and nothing is malformed'

serve echo
start_tcpreen -n -q -m 1 --snap 5 -f pcapng -o "$dir/cap" "$server_port"
client "$port" send 'hello world' expect 'hello world' fin expect-eof
wait_exit
is "$(shark "$dir/cap" -Y 'tcp.len > 0' -T fields -e frame.len -e frame.cap_len)" \
	'51	45
51	45' '--snap keeps 5 bytes, and the length'

# A pipe, read while it goes on; the console beside a file; a terminal
start_tcpreen -n -F 3 -m 1 -f pcapng -o - "$server_port"
client "$port" send 'hello' expect 'hello' fin expect-eof
wait_exit
is "$(tshark -r - -Y tcp.payload -T fields -e tcp.payload <"$out" 2>/dev/null)" '68656c6c6f
68656c6c6f' '-o - is a capture, too'
mkfifo "$dir/pipe"
tshark -l -r "$dir/pipe" -Y tcp.payload -T fields -e tcp.payload >"$dir/live" 2>/dev/null &
pids="$pids $!"
start_tcpreen -n -f pcapng -o "$dir/pipe" "$server_port"
start_client "$port" send a expect a touch "$dir/one" wait-file "$dir/go" fin expect-eof
wait_for logged 61 "$dir/live" 2
: >"$dir/go"
finished 'a pipe: served'
wait_for logged ' close ' "$out"
is "$(grep -vc '^# session 1 ' "$out")" 0 'the console shows session lines only'
stop_tcpreen
if have script; then
	# shellcheck disable=SC2086	# lists
	script -qec "'$TCPREEN' $insist -a 127.0.0.1 -f pcapng -o - 25" /dev/null >"$dir/tty" </dev/null
	is "$?" 1 'on a terminal: status 1'
	like "$(cat "$dir/tty")" '^tcpreen: -o -: pcapng is not for a terminal' 'it is refused'
fi

# SIGHUP, and a session that is killed: what is there can be read.
start_tcpreen -n -q -f pcapng -o "$dir/rotated" "$server_port"
client "$port" send one expect one fin expect-eof
is "$(hex "$dir/rotated" | grep -o 0a0d0d0a | wc -l | tr -d ' ')" 1 'a capture has one head'
mv "$dir/rotated" "$dir/rotated.1"
kill -HUP "$tcpreen_pid"
wait_for test -s "$dir/rotated"
start_client "$port" send two expect two touch "$dir/two" wait-file "$dir/never"
wait_for test -e "$dir/two"
wait_for pkill -KILL -P "$tcpreen_pid"
kill "$client_pid"
client "$port" send three expect three fin expect-eof
stop_tcpreen
: >"$dir/server.err"
clean "$dir/rotated.1" 'after SIGHUP, the old file'
is "$(shark "$dir/rotated" -Y tcp.payload -T fields -e tcp.payload | sort -u)" '7468726565
74776f' 'a session that was killed leaves a file that can be read'

# copytruncate, in the middle of a session
rm -f "$dir/two"
start_tcpreen -n -q -f pcapng -o "$dir/emptied" "$server_port"
start_client "$port" send one expect one touch "$dir/two" wait-file "$dir/emptied.1" send two expect two fin expect-eof
wait_for test -e "$dir/two"
: >"$dir/emptied"
: >"$dir/emptied.1"
finished 'a capture that is emptied: served'
stop_tcpreen
is "$(shark "$dir/emptied" -Y tcp.payload -T fields -e tcp.payload | sort -u)" 74776f \
	'a capture that was emptied can be read'
finish
