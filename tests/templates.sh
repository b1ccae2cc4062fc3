#!/bin/sh
# Names with % in -o, a file for each session or direction; and colours.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

serve recv 5 send world fin expect-eof
start_tcpreen -n -q -F 2 -f raw -o "$dir/cap-%n.%d" -f strip -o "$dir/%%-%c_%s-%t-%p" "$server_port"
echo 'of an earlier run' >"$dir/cap-0001.client"
for i in 1 2; do
	client "$port" send hello fin expect world expect-eof || bad 'served'
done
stop_tcpreen
for i in 1 2; do
	is "$(cat "$dir/cap-000$i.client")" hello "session $i: what the client sent"
	is "$(cat "$dir/cap-000$i.server")" world "session $i: what the server sent"
done
is "$(find "$dir" -name 'cap-*' | wc -l | tr -d ' ')" 4 'two files a session'
like "$(cd "$dir" && echo %*)" "^%-127\.0\.0\.1-[0-9]+_127\.0\.0\.1-$server_port-[0-9]{8}T[0-9]{6}Z-[0-9]+ %-[^ ]+\$" \
	'client, server, time, process, a percent sign'

# A session that cannot create its file says so, and goes on.
mkdir "$dir/folder"
start_tcpreen -n -q -o "$dir/folder/%n" -o "$dir/log" "$server_port"
mkdir "$dir/folder/0001"
client "$port" send hello fin expect world expect-eof || bad 'no file: served'
wait_for logged ' close .*folder/%n lost [0-9]+ bytes$' "$dir/log"
stop_tcpreen
is "$status" 1 'no file: status 1'
like "$(cat "$err")" "^tcpreen: session 1: cannot open .*folder/0001: Is a directory\$" 'no file: said'

# Colours: on a terminal, unless NO_COLOR; in a pipe, if always.
escape=$(printf '\033')
start_tcpreen -n -m 1 --color=always "$server_port"
client "$port" send hello fin expect world expect-eof
wait_exit
like "$(cat "$out")" "^$escape\[38;5;30mclient> \"hello\"$escape\[0m\$" 'always: the client'
like "$(cat "$out")" "^$escape\[35mserver> \"world\"$escape\[0m\$" 'always: the server'
start_tcpreen -n -m 1 --color "$server_port"
client "$port" send hello fin expect world expect-eof
wait_exit
unlike "$(cat "$out")" "$escape" 'a pipe or a file: none'

on_terminal()	# ENVIRONMENT...: one session, shown on a terminal
{
	: >"$dir/tty.err"
	# shellcheck disable=SC2086	# lists
	env "$@" script -qfec "'$TCPREEN' $insist -n -m 1 -a 127.0.0.1 $server_port 2>'$dir/tty.err'" \
		/dev/null </dev/null >"$dir/tty" &
	pids="$pids $!"
	terminal=$!
	wait_for logged '^Listening' "$dir/tty.err"
	port=$(listening_on 'Listening on' "$dir/tty.err")
	client "$port" send hello fin expect world expect-eof
	wait "$terminal"
}
if have script; then
	on_terminal TERM=xterm
	like "$(cat "$dir/tty")" "$escape\[38;5;30mclient> " 'a terminal: colours'
	on_terminal TERM=xterm NO_COLOR=1
	unlike "$(cat "$dir/tty")" "$escape" 'NO_COLOR: none'
	on_terminal TERM=dumb
	unlike "$(cat "$dir/tty")" "$escape" 'TERM=dumb: none'
fi
finish
