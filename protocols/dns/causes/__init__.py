"""Why a name server answers as it does: every cause of a response, with its sentences and its sources.

A cause's key goes over the control channel and into the log, with its arguments; the sentences stay here, so that
better ones reach old transcripts too.
"""

from __future__ import annotations

from protocols.dns.causes import authoritative, resolver
from protocols.dns.causes.cause import Cause, count_of, plain

__all__ = ["CAUSES", "OF_ALIASES", "Cause", "count_of", "plain"]

CAUSES: dict[str, Cause] = {cause.why: cause for cause in (*authoritative.CAUSES, *resolver.CAUSES)}
OF_ALIASES: dict[str, Cause] = {cause.why: cause for cause in resolver.OF_ALIASES}
