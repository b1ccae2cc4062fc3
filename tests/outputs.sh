#!/bin/sh
# -f, -o, -q: any number of logs, the console, exact names, truncated once, live.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

say_hello()	# one session, until its end is in $1
{
	before=$(grep -c ' close ' "$1")
	client "$port" send 'hello\n' expect 'hello\n' fin expect-eof || bad 'served'
	wait_for logged ' close ' "$1" $((before + 1))
}
data()		# FILE: without session lines
{
	grep -v '^# ' "$1"
}
serve echo

# The manual's example: each -o has the -f before it, the console the last one.
(cd "$dir" && mkdir here) || exit 1
cd "$dir/here" || exit 1
echo 'of an earlier run' >file.log
start_tcpreen -n -o first.log -f hex -o hexafile.log -f strip -o file.log -f count "$server_port"
cd - >/dev/null || exit 1
is "$(cat "$dir/here/file.log")" '' 'an earlier log is truncated at start'
say_hello "$out"
is "$(data "$dir/here/first.log")" 'client> "hello\n"
server> "hello\n"' 'C is the default'
is "$(data "$dir/here/hexafile.log" | grep -v '^[cs]')" \
'00000000  68 65 6c 6c 6f 0a                                 |hello.|
00000000  68 65 6c 6c 6f 0a                                 |hello.|' 'hex'
is "$(data "$dir/here/file.log")" 'client> hello
server> hello' 'strip'
is "$(data "$out")" 'client> 6 bytes
server> 6 bytes' 'the last -f is the format of the console'
say_hello "$out"
is "$(grep -c ' open ' "$dir/here/file.log")" 2 'the second session is in the same file'
is "$(cd "$dir/here" && echo *)" 'file.log first.log hexafile.log' 'names are exactly those'
stop_tcpreen

# --append: what is there stays, a restart adds to it; half a line is ended first.
printf 'half a line' >"$dir/appended"
for i in 1 2; do
	echo gone >"$dir/emptied"
	start_tcpreen -n -q -f count -o "$dir/emptied" --append -o "$dir/appended" "$server_port"
	say_hello "$dir/appended"
	stop_tcpreen
done
is "$(data "$dir/appended")" 'half a line
client> 6 bytes
server> 6 bytes
client> 6 bytes
server> 6 bytes' '--append: two runs in one file'
is "$(data "$dir/emptied")" 'client> 6 bytes
server> 6 bytes' 'an -o before --append is emptied'

# A file of more than 4 GiB, nearly all of it a hole, where the folder's system has such files.
if dd if=/dev/null of="$dir/huge" bs=1 seek=5000000000 2>/dev/null; then
	start_tcpreen -n -q -f count --append -o "$dir/huge" "$server_port"
	client "$port" send abc expect abc fin expect-eof
	stop_tcpreen
	is "$status" 0 'a file of more than 4 GiB: status'
	is "$(tail -c +5000000002 "$dir/huge" | sed '/^#/d')" 'client> 3 bytes
server> 3 bytes' 'a file of more than 4 GiB'
	rm -f "$dir/huge"
fi

printf 'half a line' >"$dir/appended.0001"
start_tcpreen -n -q -f count --append -o "$dir/appended.%n" "$server_port"
say_hello "$dir/appended.0001"
stop_tcpreen
is "$(data "$dir/appended.0001")" 'half a line
client> 6 bytes
server> 6 bytes' '--append: to the files of sessions, too'

# A capture is added to as another section; a block that a killed run left half is taken back.
for i in 1 2; do
	start_tcpreen -n -q -f pcapng --append -o "$dir/cap" "$server_port"
	client "$port" send hi fin expect hi expect-eof
	stop_tcpreen
	is "$("$READ_CAPTURE" -s "$dir/cap" | cut -d , -f 1)" "heads $i" "--append: a capture of $i runs"
	printf '\006\000\000\000\100\000\000\000half' >>"$dir/cap"
done
echo 'no capture' >"$dir/other"
run_tcpreen -a 127.0.0.1 -n -q -f pcapng --append -o "$dir/other" "$server_port"
is "$status" 1 '--append: another kind of file is an error'
like "$(cat "$err")" '^tcpreen: cannot add to .*/other: it is damaged, or another kind of file$' 'and says so'
is "$(cat "$dir/other")" 'no capture' 'and stays as it was'

# A record is out as soon as its chunk is forwarded.
start_tcpreen -n -f strip -o "$dir/live.log" "$server_port"
start_client "$port" send one expect one touch "$dir/one" wait-file "$dir/seen" send two expect two
wait_for logged '^server> one$' "$dir/live.log"
wait_for logged '^server> one$' "$out"
unlike "$(cat "$dir/live.log")" 'two|close' 'the conversation is still going on'
: >"$dir/seen"
finished 'served'
wait_for logged ' close ' "$dir/live.log"
is "$(data "$dir/live.log")" 'client> one
server> one
client> two
server> two' 'live: nothing is missing'
stop_tcpreen

# -o -: stdout shows that, and nothing beside it.
start_tcpreen -n -f count -o - -f strip -o "$dir/strip.log" "$server_port"
say_hello "$dir/strip.log"
is "$(data "$out")" 'client> 6 bytes
server> 6 bytes' '-o -: in its own format'
is "$(lines "$out")" 4 '-o -: once'
stop_tcpreen
start_tcpreen -f raw -o - "$server_port"
client "$port" send 'hello\n' expect 'hello\n' fin expect-eof
stop_tcpreen
is "$(cat "$out")" 'hello
hello' '-f raw -o -: the bytes alone'

# -q
start_tcpreen -n -q -o "$dir/quiet.log" "$server_port"
say_hello "$dir/quiet.log"
stop_tcpreen
is "$(cat "$out")" '' '-q: nothing on stdout'
is "$(grep -v '^Forwarding to ' "$err")" "Listening on 127.0.0.1:$port" '-q: stderr is as ever'
is "$(data "$dir/quiet.log")" 'client> "hello\n"
server> "hello\n"' '-q: the log is as ever'
start_tcpreen -n --quiet -f strip -o - -o "$dir/quiet.log" "$server_port"
say_hello "$dir/quiet.log"
stop_tcpreen
is "$(data "$out")" 'client> hello
server> hello' '-q -o -: what was asked for'

# Relative names that look like something else.
cd "$dir/here" || exit 1
start_tcpreen -n -q -o ./- -o 'a file%%' "$server_port"
cd - >/dev/null || exit 1
say_hello "$dir/here/-"
stop_tcpreen
ok './- is a file' test -s "$dir/here/-"
ok '%% is a %' test -s "$dir/here/a file%"

# stdout closed, stderr closed: not taken for a log or a socket.
insist_words="$insist -a 127.0.0.1 -n -q -m 1 -o $dir/closed.log"
# shellcheck disable=SC2086	# lists
(exec "$PEER" within 60 $WRAPPER "$TCPREEN" $insist_words -p tcp/unix "$server_port" "$dir/socket" \
	<&- >&- 2>&-) &
tcpreen_pid=$!
pids="$pids $tcpreen_pid"
# shellcheck disable=SC2317	# wait_for calls it
says_hello()	# the path is there a moment before it listens
{
	client "$dir/socket" send 'hello\n' fin recv-eof >"$dir/hello" 2>/dev/null
}
wait_for says_hello
is "$(cat "$dir/hello")" hello 'without descriptors 0 to 2: served'
wait_exit
is "$(data "$dir/closed.log")" 'client> "hello\n"
server> "hello\n"' 'without descriptors 0 to 2: logged'
# What no console shows is said on stderr.
serve open
gone_port=$server_port
stop_server
for shown in "" "-q" "-f raw" "-q -f raw -o -" "-q -f null -o -"; do
	# shellcheck disable=SC2086	# a list
	start_tcpreen -n $shown -m 1 "$gone_port"
	client "$port" expect-end
	wait_exit
	error="client 127\\.0\\.0\\.1:[0-9]+ server 127\\.0\\.0\\.1:$gone_port: Connection refused\$"
	case $shown in
	''|*null*)
		like "$(cat "$out")" "^# session 1 error .*$error" "'$shown': stdout has the line"
		unlike "$(cat "$err")" refused "'$shown': and nothing else has" ;;
	*)	like "$(cat "$err")" "^tcpreen: session 1: $error" "'$shown': stderr has the line" ;;
	esac
done
servers_may_complain
# A console whose reader has gone ends the program, as it ends others; a log's does not.
serve echo
mkfifo "$dir/console"
head -n 2 "$dir/console" >"$dir/head" &
reader=$!
pids="$pids $reader"
# shellcheck disable=SC2086	# lists
"$PEER" within 60 $WRAPPER "$TCPREEN" $insist -n -F 3 -p tcp/unix "$server_port" "$dir/socket" \
	>"$dir/console" 2>"$dir/console.err" &
tcpreen_pid=$!
pids="$pids $tcpreen_pid"
wait_for logged '^Listening on ' "$dir/console.err"
start_client "$dir/socket" send one expect one wait-file "$dir/go" send two expect-end
wait "$reader"
: >"$dir/go"
wait_exit
is "$status" 1 'a console without a reader: the program has ended'
is "$(lines "$dir/head")" 2 'and its reader had what it wanted'
wait "$client_pid"
clients_may_fail
finish
