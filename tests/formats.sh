#!/bin/sh
# Each format, end to end: what is in the log is what was sent, all 256 byte values.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

# 256 byte values in order, then what C compilers trip over.
bytes=$(awk 'BEGIN { for (i = 0; i < 256; i++) printf "\\%03o", i }')
traps='??=??/??(??'"'"'??<??!??)??>??-? ?? \\a\00001"//*/ \\\n9\r\nf'
# shellcheck disable=SC2059	# a format made above
printf "$bytes" >"$dir/request"
printf '%b' "$traps" >>"$dir/request"
printf 'answer\n\nsecond\r\nthird' >"$dir/answer"
size=$(($(wc -c <"$dir/request")))

serve recv "$size" file "$dir/answer" fin expect-eof
start_tcpreen -n -q -f C -o "$dir/C" -f hex -o "$dir/hex" -f count -o "$dir/count" \
	-f null -o "$dir/null" -f raw -o "$dir/raw" -f strip -o "$dir/strip" "$server_port"
client "$port" file "$dir/request" recv-eof >"$dir/received" || bad 'the client was served'
same "$dir/received" "$dir/answer" 'the answer arrived'
wait_for logged ' close ' "$dir/null"
stop_tcpreen

body()	# FILE: without session lines
{
	grep -v '^# ' "$1"
}

# C: what a C compiler makes of it
if have cc; then
	{
		echo 'static const char request[] ='
		sed -n '/^client> /,/^server> /{/^server>/d;s/^client>//;p;}' "$dir/C" | grep -v '^#'
		echo '; static const char answer[] ='
		sed -n '/^server> /,/^client> /{/^client>/d;s/^server>//;p;}' "$dir/C" | grep -v '^#'
		echo ';
		#include <stdio.h>
		int main(int argc, char *argv[])
		{
			(void)argv;
			if (argc == 1)
				fwrite(request, 1, sizeof(request) - 1, stdout);
			else
				fwrite(answer, 1, sizeof(answer) - 1, stdout);
			return 0;
		}'
	} >"$dir/program.c"
	ok 'what -f C wrote compiles' cc -std=c99 -trigraphs -w -o "$dir/program" "$dir/program.c"
	"$dir/program" >"$dir/request.again"
	"$dir/program" answer >"$dir/answer.again"
	same "$dir/request.again" "$dir/request" 'and is the request again'
	same "$dir/answer.again" "$dir/answer" 'and the answer'
fi
like "$(cat "$dir/C")" '^server> "answer\\n"$' 'C: a line of text stays readable'
is "$(sed -n '/^server> /,/^#/p' "$dir/C" | grep -v '^#')" 'server> "answer\n"
        "\n"
        "second\r\n"
        "third"' 'C: broken after each line end, at one column'

# hex: as hexdump -Cv
rows()	# client|server: the rows of one record
{
	sed -n "/^$1> /,/^[#cs]/{/^[#cs]/d;p;}" "$dir/hex"
}
is "$(body "$dir/hex" | grep '^[cs]')" "client> ($size bytes at offset 0)
server> (21 bytes at offset 0)" 'hex: count and offset'
is "$(rows server)" \
'00000000  61 6e 73 77 65 72 0a 0a  73 65 63 6f 6e 64 0d 0a  |answer..second..|
00000010  74 68 69 72 64                                    |third|' 'hex: the rows'
if have hexdump; then
	hexdump -Cv "$dir/request" | sed '$d' >"$dir/expected"
	rows client >"$dir/got"
	same "$dir/got" "$dir/expected" 'hex: the rows are those of hexdump -Cv'
fi
if have text2pcap && have tshark; then
	ok 'text2pcap imports the log' text2pcap -q -T 1,2 "$dir/hex" "$dir/pcap" 2>"$dir/text2pcap.log"
	hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }
	is "$(tshark -r "$dir/pcap" -T fields -e tcp.payload 2>/dev/null)" \
		"$(hex "$dir/request"; echo; hex "$dir/answer")" 'and finds the payloads in it'
	# 300 bytes, of which 20 are shown: the number of the others is no offset
	stop_server
	serve recv 300 fill 300 fin expect-eof
	start_tcpreen -n -q -m 1 --snap 20 -f hex -o "$dir/snap" "$server_port"
	client "$port" fill 300 recv-eof >/dev/null
	wait_exit
	text2pcap -q -T 1,2 "$dir/snap" "$dir/pcap" 2>"$dir/text2pcap.log"
	is "$(tshark -r "$dir/pcap" -T fields -e tcp.len 2>/dev/null)" '20
20' 'what --snap left is imported'
fi

is "$(body "$dir/count")" "client> $size bytes
server> 21 bytes" 'count'
is "$(body "$dir/null")" '' 'null: session lines only'
is "$(lines "$dir/null")" 2 'null: and those'
cat "$dir/request" "$dir/answer" >"$dir/expected"
same "$dir/raw" "$dir/expected" 'raw: the bytes and nothing else'
is "$(sed -n '/^server> /,/^#/p' "$dir/strip" | grep -v '^#')" 'server> answer
        
        second
        third' 'strip: lines, with LF and CR LF as their ends'
is "$(sed -n '/^client> /,/^server>/p' "$dir/strip" | head -n 2)" "client> .........	
        ..................... !\"#\$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_\`abcdefghijklmnopqrstuvwxyz{|}~.................................................................................................................................??=??/??(??'??<??!??)??>??-? ?? \\a.1\"//*/ \\" \
	'strip: everything else as dots'
for log in C hex count null strip; do
	is "$(grep '^# ' "$dir/$log")" "$(cat "$dir/null")" "$log: session lines are the same everywhere"
done

# Nothing but line ends: no record is much longer than its payload, and none is lost.
stop_server
head -c 50000 /dev/zero | tr '\0' '\n' >"$dir/ends"
serve recv 50000 fin expect-eof
start_tcpreen -n -q -t -f C -o "$dir/C" -f strip -o "$dir/strip" -f raw -o "$dir/raw" "$server_port"
client "$port" file "$dir/ends" fin expect-eof || bad 'line ends: served'
wait_for logged ' close ' "$dir/strip"
stop_tcpreen
same "$dir/raw" "$dir/ends" 'line ends: raw'
for log in C strip; do
	is "$(lines "$dir/$log")" 50002 "line ends, $log: each is there"
	is "$(awk '/client>/ { n = 0 } ++n > 4096' "$dir/$log")" '' "line ends, $log: records have an end"
done
finish
