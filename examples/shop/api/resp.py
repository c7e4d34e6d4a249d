"""A redis client of one screen: sends commands and reads replies in the RESP protocol."""

import os
import socket


class RedisError(Exception):
    """Redis said no, or said nothing."""


class Redis:
    """One connection, logged in with the password from the secret's file."""

    def __init__(self):
        address = (os.environ["REDIS_HOST"], 6379)
        self.socket = socket.create_connection(address, timeout=2)
        self.reader = self.socket.makefile("rb")
        with open("/run/secrets/redis_password", encoding="ascii") as file:
            self.ask("AUTH", file.read().strip())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.reader.close()
        self.socket.close()

    def ask(self, *words):
        """Sends one command; returns the reply as str, int, list or None."""
        parts = [str(word).encode() for word in words]
        message = b"*%d\r\n" % len(parts)
        message += b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        self.socket.sendall(message)
        return self._reply()

    def _reply(self):
        line = self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise RedisError("connection closed")
        kind, text = line[:1], line[1:-2].decode()
        if kind == b"+":
            return text
        if kind == b"-":
            raise RedisError(text)
        if kind == b":":
            return int(text)
        if kind == b"$":
            size = int(text)
            return None if size < 0 else self.reader.read(size + 2)[:-2].decode()
        if kind == b"*":
            return [self._reply() for _ in range(int(text))]
        raise RedisError(f"unknown reply {line!r}")
