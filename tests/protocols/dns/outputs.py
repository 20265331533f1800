"""What programs print, made comparable: names, types, data and rcodes, without what differs from time to time."""

import re

_ERRORS = {
    "Non-existent domain": "NXDOMAIN",
    "Server failed": "SERVFAIL",
    "Query refused": "REFUSED",
    "No response from server": "silence",
}
_SAYS = {
    "mail exchanger": "MX",
    "preference": "MX",
    "internet address": "A",
    "nameserver": "NS",
    "text": "TXT",
    "canonical name": "CNAME",
    "name": "PTR",
    "origin": "mname",
    "primary name server": "mname",
    "mail addr": "rname",
    "responsible mail addr": "rname",
    "default TTL": "minimum",
}


def read_dig(text: str) -> list[str]:
    """The lines that dig prints, without times, ids, sizes and times to live; the records of a section in order."""
    text = re.sub(r"(?m)^; <<>> DiG .* <<>> .*$", "", text)
    text = re.sub(r"(?m)^;; (WHEN|Query time|MSG SIZE .rcvd):.*$", "", text)
    text = re.sub(r"(?m), id: \d+$", ", id", text)
    text = re.sub(r"(?m)^;; Received \d+ bytes from (\S+) in \d+ ms$", r";; Received from \1", text)
    text = re.sub(r"(?m)^([^;\s]\S*\s+)\d+(\s+(?:IN|CH)\s)", r"\1TTL\2", text)
    blocks = [[" ".join(line.split()) for line in block.split("\n")] for block in text.strip("\n").split("\n\n")]
    lines = []
    for block in blocks:
        comments = [line for line in block if line.startswith(";")]
        lines += comments + sorted(line for line in block if line and not line.startswith(";"))
    return lines


def read_trace(text: str) -> list[list[str]]:
    """The steps of dig +trace: the records of each in order, whom they come from; the root's servers are all one."""
    text = re.sub(r"[\d.]+#53\([ab]\.root-servers\.net\)", "root", text)
    steps = re.split(r"(?m)^(?=;; Received )", re.sub(r"\n+", "\n", text))
    return [read_dig(step) for step in steps]


def rcode_of(dig: str) -> str:
    """The rcode in dig's output; "silence" where there is none."""
    found = re.search(r"status: (\w+),", dig)
    return found[1] if found else "silence"


def read_nslookup(text: str) -> set[str]:
    """What an nslookup prints of an answer, the classic one or BIND's, as facts: "A www2.vuw.ac.nz 130.195.86.18",
    "alias www.vuw.ac.nz", "NXDOMAIN"."""
    text = re.sub(r"(?m)^;; (Trunc|Got|comm).*\n", "", text)
    if text.startswith(("Server:", "*** Can't find server")):
        text = text.partition("\n\n")[2]
    facts: set[str] = set()
    owner = kind = ""
    for line in text.replace("text =\n\n\t", "text = ").split("\n"):
        said = re.fullmatch(r"(\S*)\s*(?:MX )?([a-zA-Z ]+?)\s*= (.*)", line)
        key, _, value = line.partition(":")
        if not line and facts and not kind:
            break  # what follows is not of the answer
        if said:
            owner = said[1] or owner
            facts.add(_fact(owner, said[2], said[3]))
        elif key == "Name":
            kind = f"A {value.strip()}"
        elif key in ("Address", "Addresses", "Aliases"):
            kind = "alias" if key == "Aliases" else kind
            facts.add(f"{kind} {value.strip()}")
        elif kind and line.startswith("\t  "):
            facts.add(f"{kind} {line.strip()}")
        elif "No answer" in line or "records available" in line:
            facts.add("NODATA")
        elif "no servers could be reached" in line or "timed-out" in line:
            facts.add("silence")
        elif line.startswith("**"):
            error = line.rpartition(": ")[2]
            facts.add(_ERRORS.get(error, error))
    return facts


def _fact(owner: str, key: str, value: str) -> str:
    kind = _SAYS.get(key, key)
    value = re.sub(r"^(\d+) \(.*\)$", r"\1", value).removesuffix(".").replace(", mail exchanger =", "")
    if kind == "PTR":
        address = ".".join(reversed(owner.split(".")[:4]))
        return f"A {value} {address}"
    return f"alias {owner}" if kind == "CNAME" else f"{kind} {value}"
