"""A data connection of each mode, and what went over it."""

from dataclasses import replace

from protocols.events import Endpoint, Opened, Transferred

STUDENT = Endpoint("student.lab", "10.0.0.1", 49_153)
SERVER = Endpoint("ftp.eckenfels.net", "212.227.90.117", 1_379)
PASSIVE = Opened(seq=9, at=0, because=7, conn="1.2", protocol="ftp", purpose="data", client=STUDENT, server=SERVER)
ACTIVE = replace(PASSIVE, opener="S", client=replace(STUDENT, port=1_025), server=replace(SERVER, port=20))
WHOLE = Transferred(seq=9, at=0, because=7, conn="1.2", side="S", length=28, kept=28, sha256="ab" * 32, path="/a.txt")
