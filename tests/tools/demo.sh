#!/bin/sh
# make demo: the main job in a second. A small server and a small client talk
# through tcpreen, which shows the conversation in hex and logs it to dump.log.
# Needs nothing but what was just built; tcpreen never keeps root's rights.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
set -eu

tcpreen=$1 peer=$2 here=$PWD
work=$(mktemp -d)
pids=

cleanup()
{
	# shellcheck disable=SC2086	# a list
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

wait_for()	# COMMAND...: until it succeeds, ten seconds at most
{
	tries=1000
	until "$@" >/dev/null 2>&1; do
		[ $((tries = tries - 1)) -gt 0 ] || { echo "demo: waited in vain: $*" >&2; exit 1; }
		sleep 0.01
	done
}

user=
if [ "$(id -u)" -eq 0 ]; then
	user='-u nobody'
	chown nobody "$work"
fi
cd "$work"

"$peer" -n 1 -r server listen 127.0.0.1 0 \
	send '220 mail.example ESMTP\r\n' expect 'EHLO me\r\n' \
	send '250-mail.example\r\n250 SIZE 10240000\r\n' expect 'QUIT\r\n' \
	send '221 bye\r\n' fin expect-eof &
pids=$!
wait_for test -s server
read -r _ server_port <server

echo "\$ tcpreen -n${user:+ $user} -f hex -o dump.log -a 127.0.0.1 -s 127.0.0.1 $server_port"
# shellcheck disable=SC2086	# two words, or none
"$tcpreen" -n $user -m 1 -f hex -o dump.log -a 127.0.0.1 -s 127.0.0.1 "$server_port" 2>words &
bridge=$!
pids="$pids $bridge"
wait_for grep -q '^Listening on ' words
cat words
port=$(sed -n 's/^Listening on .*://p' words)

"$peer" connect 127.0.0.1 "$port" \
	expect '220 mail.example ESMTP\r\n' send 'EHLO me\r\n' \
	expect '250-mail.example\r\n250 SIZE 10240000\r\n' send 'QUIT\r\n' \
	expect '221 bye\r\n' expect-eof
wait "$bridge"

cp dump.log "$here/dump.log"
echo "The same is in $here/dump.log now."
