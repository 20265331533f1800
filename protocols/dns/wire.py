"""Octets into messages, and back. Pure."""

from __future__ import annotations

import dns.exception
import dns.message

from protocols import limits

_HEADER = 12  # octets: RFC 1035 section 4.1.1


class WireError(ValueError):
    """These octets are no DNS message that is read here. The text is one sentence."""


def read_message(octets: bytes) -> dns.message.Message:
    """The message that `octets` hold. Raises WireError, whatever they are, and never anything else."""
    if len(octets) < _HEADER:
        raise WireError(f"A DNS message has a header of {_HEADER} octets, and this has {len(octets)} octets in all.")
    if len(octets) > limits.DNS_MESSAGE or count_records(octets) > limits.DNS_RECORDS:
        raise WireError(f"This message announces more than the {limits.DNS_RECORDS} records that are read of one.")
    try:
        return dns.message.from_wire(octets, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError, LookupError) as error:
        raise WireError(f"These octets are no DNS message ({type(error).__name__}).") from error


def count_records(octets: bytes) -> int:
    """How many questions and records a header announces: the sum of its four counts."""
    return sum(int.from_bytes(octets[place : place + 2], "big") for place in range(4, _HEADER, 2))
