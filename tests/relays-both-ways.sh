#!/bin/sh
# A client and a server talk through tcpreen, and the log tells what they said.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

serve send '220 mail.example ESMTP\r\n' expect 'EHLO me\r\n' \
	send '250-mail.example\r\n250 SIZE 10240000\r\n' expect 'QUIT\r\n' expect-eof
start_tcpreen -n -o "$dir/log" "$server_port"
client "$port" expect '220 mail.example ESMTP\r\n' send 'EHLO me\r\n' \
	expect '250-mail.example\r\n250 SIZE 10240000\r\n' send 'QUIT\r\n' fin expect-eof ||
	bad 'the client was answered'
wait_for logged ' close ' "$dir/log"
is "$(grep -v '^#' "$dir/log")" 'server> "220 mail.example ESMTP\r\n"
client> "EHLO me\r\n"
server> "250-mail.example\r\n"
        "250 SIZE 10240000\r\n"
client> "QUIT\r\n"' 'the records are those of the conversation'
time='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}[+-][0-9]{2}:[0-9]{2}'
like "$(head -n 1 "$dir/log")" \
	"^# session 1 open $time client 127\.0\.0\.1:[0-9]+ server 127\.0\.0\.1:$server_port\$" \
	'the first line says who and when'
like "$(tail -n 1 "$dir/log")" \
	"^# session 1 close $time after [0-9]+\.[0-9]{6} s, closed by client, client 15 bytes, server 61 bytes\$" \
	'the last line says how it ended'
is "$(grep -c '^#' "$dir/log")" 2 'there are no other session lines'
same "$out" "$dir/log" 'the console shows the same'
stop_tcpreen
is "$status" 0 'SIGTERM is an ordinary end'
is "$(grep -v '^Forwarding to ' "$err")" "Listening on 127.0.0.1:$port" 'nothing was said but where it listens'
finish
