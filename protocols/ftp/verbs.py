"""FTP's verbs: how each is written, what it asks for, and where that is said."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.ftp.sources import Source


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: how it is written, what it asks for, where the standard says so."""

    syntax: str
    meaning: str
    references: tuple[Source, ...]


# In the order of RFC 959 section 5.3.1, with the newer ones beside those that they are like.
VERBS: dict[str, Verb] = {
    "USER": Verb("USER <name>", "USER says who wants to come in. It begins the login.", ((959, "4.1.1"),)),
    "PASS": Verb("PASS <password>", "PASS gives the password of the user named before.", ((959, "4.1.1"),)),
    "ACCT": Verb(
        "ACCT <account>", "ACCT gives an account, where the server wants more than a password.", ((959, "4.1.1"),)
    ),
    "CWD": Verb("CWD <directory>", "CWD changes the working directory.", ((959, "4.1.1"),)),
    "CDUP": Verb(
        "CDUP", "CDUP goes to the parent directory, whatever the system calls it.", ((959, "4.1.1"), (959, "II"))
    ),
    "REIN": Verb("REIN", "REIN logs out and starts over on the same connection.", ((959, "4.1.1"),)),
    "QUIT": Verb("QUIT", "QUIT ends the session in order.", ((959, "4.1.1"),)),
    "PORT": Verb(
        "PORT <four numbers of the address>,<two of the port>",
        "PORT tells the server where you listen for the data connection. The server opens it: this is active mode.",
        ((959, "4.1.2"), (959, "3.2")),
    ),
    "PASV": Verb(
        "PASV",
        "PASV asks the server to listen for the data connection, which you open: this is passive mode.",
        ((959, "4.1.2"), (959, "3.3")),
    ),
    "EPRT": Verb(
        "EPRT |<1 for IPv4>|<address>|<port>|",
        "EPRT is PORT for any kind of network address: it tells the server where you listen.",
        ((2428, "2"),),
    ),
    "EPSV": Verb(
        "EPSV [<1 for IPv4>|ALL]",
        "EPSV is PASV for any kind of network address: the server listens, and says on which port.",
        ((2428, "3"),),
    ),
    "TYPE": Verb(
        "TYPE <A|I|L 8>",
        "TYPE says how the data are represented on the wire: as text, or as octets that nobody changes.",
        ((959, "4.1.2"), (959, "3.1.1")),
    ),
    "STRU": Verb("STRU <F>", "STRU says what structure a file has on the wire.", ((959, "4.1.2"), (959, "3.1.2"))),
    "MODE": Verb("MODE <S>", "MODE says how a file's octets are packed on the wire.", ((959, "4.1.2"), (959, "3.4"))),
    "RETR": Verb("RETR <file>", "RETR fetches a file over the data connection.", ((959, "4.1.3"),)),
    "STOR": Verb(
        "STOR <file>",
        "STOR sends a file over the data connection and stores it under this name; one that is there is replaced.",
        ((959, "4.1.3"),),
    ),
    "STOU": Verb(
        "STOU",
        "STOU is STOR under a name that the server finds and no file has yet.",
        ((959, "4.1.3"), (1123, "4.1.2.9")),
    ),
    "APPE": Verb(
        "APPE <file>",
        "APPE sends a file over the data connection and puts it at the end of this one.",
        ((959, "4.1.3"),),
    ),
    "ALLO": Verb("ALLO <octets>", "ALLO asks the server to reserve room for a file.", ((959, "4.1.3"),)),
    "REST": Verb(
        "REST <octets>",
        "REST says how many octets the next transfer leaves out, because they went over the wire before.",
        ((3659, "5"), (959, "4.1.3")),
    ),
    "RNFR": Verb("RNFR <old name>", "RNFR names what is to be renamed. RNTO has to follow.", ((959, "4.1.3"),)),
    "RNTO": Verb("RNTO <new name>", "RNTO gives the new name of what RNFR named.", ((959, "4.1.3"),)),
    "ABOR": Verb(
        "ABOR", "ABOR breaks off the transfer that is running, and closes its data connection.", ((959, "4.1.3"),)
    ),
    "DELE": Verb("DELE <file>", "DELE deletes a file.", ((959, "4.1.3"),)),
    "RMD": Verb("RMD <directory>", "RMD removes an empty directory.", ((959, "4.1.3"), (959, "II"))),
    "MKD": Verb("MKD <directory>", "MKD makes a directory.", ((959, "4.1.3"), (959, "II"))),
    "PWD": Verb("PWD", "PWD asks which directory is the working directory.", ((959, "4.1.3"), (959, "II"))),
    "LIST": Verb(
        "LIST [<directory or file>]",
        "LIST asks for a list of files for people to read, over a data connection.",
        ((959, "4.1.3"), (1123, "4.1.2.7")),
    ),
    "NLST": Verb(
        "NLST [<directory>]",
        "NLST asks for the names of files and nothing else, over a data connection.",
        ((959, "4.1.3"), (1123, "4.1.2.7")),
    ),
    "MLSD": Verb(
        "MLSD [<directory>]",
        "MLSD asks for a list of files for programs to read, with the facts about each, over a data connection.",
        ((3659, "7"),),
    ),
    "MLST": Verb(
        "MLST [<directory or file>]",
        "MLST asks for the facts about one file or directory. They come over the control connection.",
        ((3659, "7"),),
    ),
    "SIZE": Verb("SIZE <file>", "SIZE asks how many octets a transfer of the file would bring.", ((3659, "4"),)),
    "MDTM": Verb("MDTM <file>", "MDTM asks when a file was last modified.", ((3659, "3"),)),
    "SITE": Verb("SITE <command>", "SITE asks for something that only this server has.", ((959, "4.1.3"),)),
    "SYST": Verb("SYST", "SYST asks what kind of system the server is.", ((959, "4.1.3"),)),
    "STAT": Verb(
        "STAT [<directory or file>]",
        "STAT asks how things stand; with a name, for a list over the control connection.",
        ((959, "4.1.3"),),
    ),
    "HELP": Verb("HELP [<verb>]", "HELP asks what the server understands.", ((959, "4.1.3"),)),
    "NOOP": Verb("NOOP", "NOOP asks for nothing but an answer.", ((959, "4.1.3"),)),
    "FEAT": Verb("FEAT", "FEAT asks what the server has beyond the standard of 1985.", ((2389, "3"),)),
    "OPTS": Verb("OPTS <command> [<options>]", "OPTS sets how a command behaves from now on.", ((2389, "4"),)),
}
