"""The baseline of FTP: pyftpdlib as it comes, without sendfile. Run as a program it serves the
directory and the inherited socket that it is given."""

from __future__ import annotations

import logging
import socket
import sys
import warnings

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer


def serve(listener: socket.socket, directory: str) -> None:
    logging.basicConfig(level=logging.ERROR)  # or it would say every command on the terminal
    warnings.simplefilter("ignore")  # that anonymous may write
    authorizer = DummyAuthorizer()
    authorizer.add_anonymous(directory, perm="elrw")
    handler = type("Handler", (FTPHandler,), {"authorizer": authorizer, "use_sendfile": False})
    FTPServer(listener, handler).serve_forever(handle_exit=False)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
