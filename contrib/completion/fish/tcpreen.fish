# tcpreen - completion for fish
#
# Made by generate.sh: edit that, then make completion.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later

function __tcpreen_formats
	printf '%s\n' \
		C\t'C string literals, a line each' \
		hex\t'rows as of hexdump -C, for eyes and for text2pcap' \
		count\t'the number of bytes, and who sent them' \
		null\t'session lines only' \
		password\t'credentials of FTP, mail, news and HTTP, and how it went' \
		raw\t'exactly the bytes, and nothing else' \
		strip\t'text, other bytes as dots' \
		turns\t'an exchange a line: how long the client waited' \
		pcapng\t'a capture for Wireshark and tshark; for files and pipes' \
		json\t'JSON Lines, an event a line'
end

# P, or P/Q: before the second, the first is repeated.
function __tcpreen_protocols
	set -l first (commandline -ct | string match -r '^(?:--protocol=|-p)?(.*/)')[2]
	set -l protocols \
		tcp\t'TCP over IPv4' \
		tcp6\t'TCP over IPv6' \
		unix\t'Unix socket; the port is its path, or @name' \
		local\t'the same' \
		any\t'TCP over IPv4 or IPv6, each address tried in turn'
	printf '%s\n' "$first"$protocols
end

function __tcpreen_syslog
	printf 'syslog:%s\n' '' auth authpriv cron daemon ftp lpr mail news syslog user uucp local0 local1 local2 local3 local4 local5 local6 local7
end

# A port: a service, after its host perhaps. fish itself adds the paths.
function __tcpreen_ports
	set -l host (commandline -ct | string match -r '^.*:')
	printf '%s\n' "$host"(string match -rg '^([a-z][^\s#]*)\s.*/tcp' </etc/services)
end

complete -c tcpreen -a '(__tcpreen_ports)'
complete -c tcpreen -s a -l bind -x -a '(__fish_print_interfaces) (__fish_print_hostnames)' -d 'listen on this address or interface only'
complete -c tcpreen -l accept -x -a '(__fish_print_interfaces) (__fish_print_hostnames)' -d 'listen on this address or interface only'
complete -c tcpreen -l allow -x -d 'serve clients of this network only; repeatable'
complete -c tcpreen -l append -d 'add to the files of the -o after it'
complete -c tcpreen -s b -l bytes -x -d 'end a session after the chunk that passes N bytes'
complete -c tcpreen -s c -l connect -d 'connect to the client (-a, localport)'
complete -c tcpreen -l color -f -a 'auto always never' -d 'colour the console: auto, always, never'
complete -c tcpreen -l connect-timeout -x -d 'give up an address after S seconds'
complete -c tcpreen -s d -l daemon -d 'run in the background, tell syslog; implies -q'
complete -c tcpreen -s f -l format -x -a '(__tcpreen_formats)' -d 'format of the -o after it, and of the console'
complete -c tcpreen -s F -l fork -x -d 'sessions at the same time: 1, or 64 with -d'
complete -c tcpreen -s l -l listen -d 'listen for the server too (-s, serverport)'
complete -c tcpreen -s m -l maxconn -x -d 'exit after N sessions'
complete -c tcpreen -s n -l numeric -d 'look up no names of addresses and ports'
complete -c tcpreen -l no-sandbox -d 'let sessions keep rights that they do not need'
complete -c tcpreen -s o -l output -r -a '- (__tcpreen_syslog)' -d 'log to FILE; - is stdout; or syslog:[FACILITY]'
complete -c tcpreen -l pid-file -r -d 'keep the number of the process in FILE, locked'
complete -c tcpreen -s p -l protocol -x -a '(__tcpreen_protocols)' -d 'P to the server, Q to the client'
complete -c tcpreen -s q -l quiet -d 'nothing on stdout'
complete -c tcpreen -l run -x -a '(__fish_complete_command)' -d 'run COMMAND, and end with it (TCPREEN_PORT)'
complete -c tcpreen -s s -l server -x -a '(__fish_print_hostnames)' -d 'the server: the local host unless given'
complete -c tcpreen -l source -x -a '(__fish_print_interfaces) (__fish_print_hostnames)' -d 'connect to the server from this address'
complete -c tcpreen -l snap -x -d 'show the first N bytes of a chunk'
complete -c tcpreen -s t -l timestamps -f -a 'clock iso relative delta' -d 'times: clock, iso, relative or delta'
complete -c tcpreen -l timeout -x -d 'end a session that is idle for S seconds'
complete -c tcpreen -s u -l user -x -a '(__fish_complete_users)' -d 'as root: become USER once it listens'
complete -c tcpreen -s v -l verbose -d 'say more on stderr; twice: even more'
complete -c tcpreen -s V -l version -d 'version and licence'
complete -c tcpreen -s h -l help -d 'this help'
