#!/bin/sh
# Real programs on both sides: what they get through the bridge is what they get without it.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
head -c 3000000 /dev/urandom >"$dir/big"

tried=			# something was

# curl, and nginx on a Unix socket
if have curl && have nginx; then
	tried=1
	mkdir "$dir/www" "$dir/tmp"
	cp "$dir/big" "$dir/www/big"
	chmod -R a+rwX "$dir"
	cat >"$dir/nginx.conf" <<-END
	daemon off;
	pid $dir/nginx.pid;
	error_log $dir/nginx-error;
	events { }
	http {
		access_log off;
		client_body_temp_path $dir/tmp;
		proxy_temp_path $dir/tmp; fastcgi_temp_path $dir/tmp;
		uwsgi_temp_path $dir/tmp; scgi_temp_path $dir/tmp;
		server { listen unix:$dir/nginx.socket; root $dir/www; }
	}
	END
	nginx -c "$dir/nginx.conf" 2>"$dir/nginx-words" &
	nginx_pid=$!
	pids="$pids $nginx_pid"
	wait_for test -S "$dir/nginx.socket"
	start_tcpreen -n -q -F 5 -p unix/tcp -f raw -o "$dir/http-%n.%d" -f count -o "$dir/http" "$dir/nginx.socket"
	curl -s -o "$dir/got" "http://127.0.0.1:$port/big" || bad 'curl: served'
	same "$dir/got" "$dir/big" 'curl: 3 MB from nginx'
	ok 'the raw log ends with the same' \
		eval "tail -c 3000000 '$dir/http-0001.server' | cmp -s - '$dir/big'"
	is "$(curl -s -o /dev/null -o /dev/null -w '%{http_code} %{num_connects}\n' \
		"http://127.0.0.1:$port/big" "http://127.0.0.1:$port/none" | tr '\n' ' ')" '200 1 404 0 ' \
		'curl: two requests on one connection'
	stop_tcpreen
	kill "$nginx_pid"
fi

# -f turns tells the wait that the client's own clock tells, of a server that takes its time.
if have curl; then
	serve recv 4 pause-ms 300 send 'HTTP/1.0 200 OK\r\n\r\nhi\n' fin recv-eof
	start_tcpreen -n -q -f turns -o "$dir/turns" "$server_port"
	curls=$(curl -s -o /dev/null -w '%{time_pretransfer} %{time_starttransfer}' "http://127.0.0.1:$port/")
	stop_tcpreen
	ours=$(sed -n 's/^client> .* bytes after \([0-9.]*\) s.*/\1/p' "$dir/turns")
	ok "turns: $ours s; curl: sent, and answered, at $curls s" awk -v ours="$ours" -v curls="$curls" 'BEGIN {
		split(curls, t); curl = t[2] - t[1]; exit !(ours >= 0.3 && ours - curl < 0.1 && curl - ours < 0.1) }'
	stop_server
	servers_may_complain
fi

# Redis, with a pipeline
if have redis-server && have redis-cli; then
	tried=1
	redis-server --port 0 --unixsocket "$dir/redis.socket" --save '' --daemonize no \
		--dir "$dir" >"$dir/redis-words" 2>&1 &
	redis_pid=$!
	pids="$pids $redis_pid"
	wait_for test -S "$dir/redis.socket"
	start_tcpreen -n -q -p unix/tcp -o "$dir/redis" "$dir/redis.socket"
	awk 'BEGIN { for (i = 0; i < 20000; i++) printf "SET key%d value%d\r\n", i, i }' >"$dir/commands"
	like "$(redis-cli -p "$port" --pipe <"$dir/commands")" 'errors: 0, replies: 20000' 'redis-cli --pipe'
	is "$(redis-cli -p "$port" GET key19999)" value19999 'redis-cli GET'
	stop_tcpreen
	kill "$redis_pid"
fi

# TLS passes untouched.
if have openssl; then
	tried=1
	openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout "$dir/key" \
		-out "$dir/cert" 2>"$dir/openssl-words"
	openssl s_server -accept 127.0.0.1:0 -key "$dir/key" -cert "$dir/cert" -rev \
		>"$dir/s_server" 2>&1 </dev/null &
	pids="$pids $!"
	wait_for logged '^ACCEPT .*:[0-9]+' "$dir/s_server"
	start_tcpreen -n -q -f password -o "$dir/tls" \
		"$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$dir/s_server" | head -n 1)"
	# shellcheck disable=SC2094	# it is read while it grows
	(
		echo 'hello over there'
		wait_for logged '^ereht revo olleh' "$dir/s_client"
	) | openssl s_client -connect "127.0.0.1:$port" -CAfile "$dir/cert" -verify_return_error \
		-servername localhost >"$dir/s_client" 2>&1
	like "$(cat "$dir/s_client")" '^ereht revo olleh' 'openssl: data through TLS'
	like "$(cat "$dir/s_client")" 'Verify return code: 0' 'openssl: the certificate is verified'
	stop_tcpreen
	is "$(grep -vc '^# ' "$dir/tls")" 0 'password finds nothing in it'
fi

# nc -N: a half-close, and the answer after it
if have nc; then
	tried=1
	start_server 'wc -c'
	start_tcpreen -n -q -o "$dir/nc" "$server_port"
	is "$(nc -N 127.0.0.1 "$port" <"$dir/big" | tr -d ' ')" 3000000 'nc -N'
	stop_tcpreen
	stop_server
fi

# ssh and sftp
sshd=$(PATH=$PATH:/usr/sbin command -v sshd)
if have sftp && [ "$(id -u)" -eq 0 ] && [ -n "$sshd" ]; then
	tried=1
	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$dir/host"
	ssh-keygen -q -t ed25519 -N '' -f "$dir/user"
	cat >"$dir/sshd.conf" <<-END
	HostKey $dir/host
	AuthorizedKeysFile $dir/user.pub
	StrictModes no
	UsePAM no
	PermitRootLogin yes
	Subsystem sftp internal-sftp
	END
	start_server "exec $sshd -i -f '$dir/sshd.conf' 2>'$dir/sshd-words'"
	start_tcpreen -n -q -f null -o "$dir/ssh" "$server_port"
	echo "get $dir/big $dir/sftp-got" | sftp -q -b - -P "$port" -i "$dir/user" -F none \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes \
		root@127.0.0.1 >"$dir/sftp-words" 2>&1 || bad 'sftp: served' "$(cat "$dir/sftp-words")"
	same "$dir/sftp-got" "$dir/big" 'sftp: 3 MB'
	stop_tcpreen
	servers_may_complain
fi
[ -n "$tried" ] || skip 'needs a real program'
finish
