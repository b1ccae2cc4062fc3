#!/bin/sh
# SIGTERM, SIGINT, SIGHUP, and ends that nobody chose.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

serve echo
for signal in TERM INT; do
	start_tcpreen -n "$server_port"
	stop_tcpreen "$signal"
	is "$status" 0 "SIG$signal: status 0"
	start_tcpreen -n -q -o "$dir/log" "$server_port"
	rm -f "$dir/open"
	start_client "$port" send a expect a touch "$dir/open" expect-end
	wait_for test -e "$dir/open"
	stop_tcpreen "$signal"
	is "$status" 0 "SIG$signal with a session: status 0"
	like "$(tail -n 1 "$dir/log")" '^# session 1 close .*, closed by signal, client 1 byte, server 1 byte$' \
		"SIG$signal: the session writes its last line"
	finished "SIG$signal: the client learns of it"
done
stop_server
servers_may_complain

# In the middle of a transfer: whole records, a close line; a second signal ends it at once.
serve recv 1 wait-file "$dir/never"
start_tcpreen -n -q -f strip -o "$dir/log" "$server_port"
start_client "$port" timeout 60 fill 100000000
wait_still "$dir/log" 300000
stop_tcpreen
like "$(tail -n 1 "$dir/log")" ' closed by signal, client [0-9]+ bytes, server 0 bytes, [0-9]+ bytes to server not delivered$' \
	'what was not delivered is counted'
is "$(grep -Ecv '^(client> |#|        )' "$dir/log")" 0 'every record is whole'
wait "$client_pid"
start_tcpreen -n -q -f strip -o "$dir/log" "$server_port"
start_client "$port" timeout 60 fill 100000000
wait_for eval "[ \$(wc -c <$dir/log) -gt 300000 ]"
kill "$tcpreen_pid"
kill "$tcpreen_pid"
wait_exit
ok 'after a second signal, nothing is left' gone "$tcpreen_pid"
wait "$client_pid"
clients_may_fail
stop_server
servers_may_complain

# A session that always has something to read, for the log's reader is slow, hears of it as soon.
mkfifo "$dir/slow.log"
{ while [ "$(dd bs=65536 count=1 2>/dev/null | wc -c)" -gt 0 ]; do sleep 0.01; done; } <"$dir/slow.log" &
reader=$!
pids="$pids $reader"
serve to /dev/null timeout 60 recv-eof
start_tcpreen -n -q -f raw -o "$dir/slow.log" -f count -o "$dir/log" "$server_port"
start_client "$port" timeout 60 fill 1000000000
wait_for logged 'client> ' "$dir/log" 9
kill "$tcpreen_pid"
wait_for logged ' close .*, closed by signal, ' "$dir/log"
wait_exit
is "$status" 0 'in the middle of a flood: status 0'
wait "$client_pid"
clients_may_fail
wait "$reader"
stop_server
servers_may_complain

# SIGHUP: stderr is a file here.
serve echo
mkdir -p "$dir/folder"
start_tcpreen -n -q -F 3 -f strip -o "$dir/log" -f count -o "$dir/folder/log" "$server_port"
start_client "$port" send old expect old touch "$dir/old" wait-file "$dir/more" send older expect older
wait_for test -e "$dir/old"
mv "$dir/log" "$dir/log.1"
mv "$dir/folder" "$dir/elsewhere"
kill -HUP "$tcpreen_pid"
wait_for test -e "$dir/log"
wait_for logged 'cannot open .*folder/log again: No such file' "$err"
client "$port" send new expect new fin expect-eof
: >"$dir/more"
finished 'the running session goes on'
wait_for logged ' close ' "$dir/log.1"
is "$(grep -c 'new$' "$dir/log")" 2 'a new session has the new file'
is "$(grep -c 'older$' "$dir/log.1")" 2 'the running one keeps the old'
is "$(grep -c '> 3 bytes$' "$dir/elsewhere/log")" 4 'what cannot be opened stays as it was'
echo appended >>"$dir/log"
kill -HUP "$tcpreen_pid"
client "$port" send new expect new fin expect-eof
stop_tcpreen
like "$(cat "$dir/log")" '^appended$' 'opened again means appended to'

# A FIFO without a reader: waited for at start, not by SIGHUP.
mkfifo "$dir/fifo"
cat "$dir/fifo" >"$dir/fifo.got" &
reader=$!
pids="$pids $reader"
start_tcpreen -n -q -o "$dir/fifo" "$server_port"
kill "$reader"
wait "$reader" 2>/dev/null
kill -HUP "$tcpreen_pid"
wait_for logged 'cannot open .*fifo again: ' "$err"
is "$(client "$port" send on fin recv-eof)" on 'SIGHUP, and a FIFO without a reader: it goes on'
stop_tcpreen
asleep()
{
	# shellcheck disable=SC2317	# wait_for calls it
	[ -S "$dir/socket" ] && grep -q ') S ' "/proc/$tcpreen_pid/stat"
}
if [ -r /proc/self/stat ]; then
	launch -n -q -p tcp/unix -o "$dir/fifo" "$server_port" "$dir/socket"
	wait_for asleep
	stop_tcpreen
	is "$status" 0 'SIGTERM while a FIFO has no reader: status'
	is "$(cat "$err")" '' 'no word of an error'
fi

# Whatever ends the parent: the session goes on, and the port is free at once.
for signal in KILL SEGV TERM; do
	rm -f "$dir/open" "$dir/go"
	start_tcpreen -n -q -o "$dir/log" "$server_port"
	start_client "$port" send a expect a touch "$dir/open" wait-file "$dir/go" send b expect b
	wait_for test -e "$dir/open"
	stop_tcpreen "$signal" 2>/dev/null
	first_port=$port
	first_client=$client_pid
	launch -n -q -m 1 -a 127.0.0.1 "$server_port" "$first_port"
	wait_for logged '^Listening on ' "$err"
	client "$first_port" send c expect c fin expect-eof || bad "SIG$signal: the port is in use again"
	wait_exit
	: >"$dir/go"
	wait "$first_client"
	how=$?
	if [ "$signal" != TERM ]; then
		is "$how" 0 "SIG$signal: the session has gone on"
		wait_for logged ' close .* client 2 bytes, server 2 bytes' "$dir/log"
	fi
	clients_may_fail
done
servers_may_complain
finish
