#!/bin/sh
# How a conversation ends on one side is how it ends on the other; urgent data stays urgent.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
unknown=
built_with UNACKNOWLEDGED || unknown='?'		# what did not arrive is not always known

# closed TITLE REGEX: the next close line
closes=0
closed()
{
	closes=$((closes + 1))
	wait_for logged ' close ' "$dir/log" "$closes"
	like "$(grep ' close ' "$dir/log" | tail -n 1)" "$2\$" "$1"
}
bridge()	# ARGUMENT...: anew, to the server that serve started
{
	closes=0
	start_tcpreen -n -q -o "$dir/log" "$@" "$server_port"
}

# Half-close
serve recv-eof to "$dir/answered" fill 1048576 fin
bridge
client "$port" send question fin check 1048576 expect-eof || bad 'the answer comes after our end of stream'
closed 'half-close: the client ended first' 'closed by client, client 8 bytes, server 1048576 bytes'
stop_tcpreen
stop_server
serve send bye fin check 1048576 expect-eof
bridge
client "$port" expect bye expect-eof fill 1048576 fin || bad 'the server listens after its end of stream'
closed 'half-close: the server ended first' 'closed by server, client 1048576 bytes, server 3 bytes'
stop_tcpreen
stop_server

# Resets: they arrive as resets, after everything that came before.
serve fill 200000 expect-reset
bridge
client "$port" check 200000 reset
closed 'reset by the client' 'reset by client, client 0 bytes, server 200000 bytes'
stop_tcpreen
stop_server
serve fill 50000 wait-file "$dir/logged" reset
bridge
start_client "$port" open wait-file "$dir/read" check 50000 expect-reset
wait_for eval "[ \"\$(wc -c <'$dir/log')\" -gt 50000 ]"
: >"$dir/logged"
closed 'reset by the server' 'reset by server, client 0 bytes, server 50000 bytes'
: >"$dir/read"
finished 'what came before the reset is delivered'
stop_tcpreen
stop_server
if built_with EPOLL_CREATE1; then
	serve expect-eof fill 1000 touch "$dir/half" timeout 3600 wait-file "$dir/never"
	bridge
	client "$port" fin check 1000 wait-file "$dir/half" reset
	closed 'a reset after the end of the stream' 'reset by client, client 0 bytes, server 1000 bytes'
	stop_tcpreen
	stop_server
fi
servers_may_complain

# What never arrived is said: after the end of the stream, too, and where only a close threw it away.
serve fill 500000 fin
rm -f "$dir/go"
bridge -f raw -o "$dir/raw"
start_client "$port" open wait-file "$dir/go" reset
wait_still "$dir/raw" 499999
: >"$dir/go"
closed 'a reset of one who read nothing' \
	'reset by client, client 0 bytes, server 500000 bytes(, [0-9]+ bytes to client not delivered)'"$unknown"
finished 'the one who read nothing'
stop_tcpreen
stop_server
rm -f "$dir/go"
serve open wait-file "$dir/go" send x timeout 3600 wait-file "$dir/never"
bridge -b 999999 -f raw -o "$dir/raw"
start_client "$port" fill 1000000 expect-reset
wait_still "$dir/raw" 999999
: >"$dir/go"
closed 'the byte limit, and a server that does not read' \
	'closed by byte limit, client 1000000 bytes, server 0 bytes(, [0-9]+ bytes to server not delivered)'"$unknown"
finished 'its client'
stop_tcpreen
stop_server
servers_may_complain

# No end is invented: whoever downloads can tell that it was cut short.
serve fill 1000 timeout 3600 expect-reset
bridge
start_client "$port" check 1000 touch "$dir/end" expect-reset
wait_for test -e "$dir/end"
stop_tcpreen
finished 'SIGTERM: a download is cut, not ended'
stop_server
servers_may_complain

# Resets before accept (it waits in the backlog), and before the server was reached
serve echo
bridge
rm -f "$dir/open"
start_client "$port" send a expect a touch "$dir/open" wait-file "$dir/go"
wait_for test -e "$dir/open"
client "$port" open reset
: >"$dir/go"
finished 'the session before it'
wait_for logged '^# session 2 (close|error)' "$dir/log"
is "$(client "$port" send b fin recv-eof)" b 'the session after it'
stop_tcpreen
stop_server
servers_may_complain

# Urgent data, both ways, in line and not
for inline in '' inline; do
	# shellcheck disable=SC2086	# empty is no word
	serve $inline open touch "$dir/accepted" expect ab urgent-expect '!' expect cd send ef urgent '?' send gh fin expect-eof
	rm -f "$dir/accepted"
	bridge
	# shellcheck disable=SC2086	# empty is no word
	client "$port" $inline open wait-file "$dir/accepted" send ab urgent '!' send cd expect ef urgent-expect '?' expect gh expect-eof ||
		bad "urgent $inline: arrives"
	closed "urgent $inline: counted" 'client 5 bytes, server 5 bytes'
	like "$(cat "$dir/log")" '^client! "!"$' "urgent $inline: marked, of the client"
	like "$(cat "$dir/log")" '^server! "[?]"$' "urgent $inline: marked, of the server"
	stop_tcpreen
	stop_server
done

# Early data, the last data, one byte at a time
serve check 100000 send bye fin expect-eof
bridge
client "$port" fill 100000 fin expect bye expect-eof || bad 'data that comes with the end of the stream'
closed 'all of it' 'client 100000 bytes, server 3 bytes'
stop_tcpreen
stop_server
serve echo
bridge
client "$port" pace 'one byte at a time' expect 'one byte at a time' fin expect-eof
closed 'byte by byte' 'client 18 bytes, server 18 bytes'
finish
