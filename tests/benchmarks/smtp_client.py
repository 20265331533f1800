"""A client that sends messages on some connections at once, as fast as they are taken: the same one for every server.

Run as a program with an address, a port, and how many messages each connection sends; it prints the seconds
that it took.
"""

from __future__ import annotations

import socket
import sys
import threading
import time

CONNECTIONS = 4
CONTENT = (
    b"From: Alice <alice@halva.fr>\r\nTo: Bob <bob@lentil.edu>\r\nSubject: dahl\r\n\r\n"
    b"Do you like dahl?\r\nHow about with naan?\r\n.\r\n"
)
MESSAGE = [
    (b"MAIL FROM:<alice@halva.fr>\r\n", b"250"),
    (b"RCPT TO:<bob@lentil.edu>\r\n", b"250"),
    (b"DATA\r\n", b"354"),
    (CONTENT, b"250"),
]


def send(address: tuple[str, int], messages: int) -> None:
    """Send messages on one connection, each step when the one before was answered."""
    with socket.create_connection(address) as connection:
        say(connection, b"", b"220")
        say(connection, b"HELO mx.halva.fr\r\n", b"250")
        for _ in range(messages):
            for octets, code in MESSAGE:
                say(connection, octets, code)
        say(connection, b"QUIT\r\n", b"221")


def say(connection: socket.socket, octets: bytes, code: bytes) -> None:
    connection.sendall(octets)
    reply = b""
    while not reply.endswith(b"\r\n"):
        reply += connection.recv(4096) or b"closed\r\n"
    assert reply.startswith(code), reply


def main(host: str, port: str, messages: str) -> None:
    threads = [threading.Thread(target=send, args=((host, int(port)), int(messages))) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
