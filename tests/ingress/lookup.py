"""Asks a name server for the addresses of a name: lookup.py SERVER NAME. Prints them in the order of the answer."""

import socket
import struct
import sys

SERVER, NAME = sys.argv[1:]

question = b"".join(bytes([len(part)]) + part.encode() for part in NAME.split(".")) + b"\0" + struct.pack(">HH", 1, 1)
asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asking.settimeout(5)
asking.sendto(struct.pack(">HHHHHH", 1, 0x0100, 1, 0, 0, 0) + question, (SERVER, 53))
answer = asking.recv(4096)
flags, _, count = struct.unpack(">HHH", answer[2:8])
print("status", flags & 15)
at = 12 + len(question)
for _ in range(count):
    # The name of each is two bytes that point at the question.
    kind, _, _, length = struct.unpack(">HHIH", answer[at + 2 : at + 12])
    if kind == 1:
        print(socket.inet_ntoa(answer[at + 12 : at + 16]))
    at += 12 + length
