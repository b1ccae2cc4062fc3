#!/bin/sh
# A server that is not reached, or says nothing: one line, a reset, and on to the next client.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

serve open
stop_server
start_tcpreen -n -q -F 2 -o "$dir/log" "$server_port"
client "$port" expect-reset || bad 'refused: the client is reset'
wait_for logged '^# session 1 error .*: Connection refused$' "$dir/log"
serve_on 127.0.0.1 "$server_port" echo
is "$(client "$port" send a fin recv-eof)" a 'the next session is served'
stop_tcpreen
stop_server

# A Unix socket that has gone
start_tcpreen -n -q -p unix/tcp -o "$dir/log" "$dir/nothing"
client "$port" expect-reset || bad 'no socket: the client is reset'
wait_for logged '^# session 1 error .*unix:.*/nothing: No such file or directory$' "$dir/log"
stop_tcpreen

# --connect-timeout: a Unix socket whose queue is full accepts nobody.
if have python3; then
	python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(0)
held = []
try:
    while True:
        c = socket.socket(socket.AF_UNIX)
        c.setblocking(False)
        c.connect(sys.argv[1])
        held.append(c)
except BlockingIOError:
    open(sys.argv[2], "w").close()
s.settimeout(60)
import time
time.sleep(60)
' "$dir/full" "$dir/is-full" &
	pids="$pids $!"
	wait_for test -e "$dir/is-full"
	start_tcpreen -n -q -m 1 --connect-timeout 0.3 -p unix/tcp -o "$dir/log" "$dir/full"
	client "$port" expect-reset || bad '--connect-timeout: the client is reset'
	wait_exit
	is "$status" 1 '--connect-timeout: -m tells of it'
	like "$(cat "$dir/log")" '^# session 1 error .*(timed out|timeout)' '--connect-timeout: why'
fi

# --timeout
serve echo
start_tcpreen -n -q --timeout 0.5 -o "$dir/log" "$server_port"
client "$port" send a expect a pause-ms 300 send b expect b pause-ms 300 send c expect c expect-end ||
	bad '--timeout: what moves is left alone'
wait_for logged '^# session 1 close .* after (1\.[1-9]|[2-9]).*, closed by timeout, client 3 bytes, server 3 bytes$' "$dir/log"
servers_may_complain
finish
