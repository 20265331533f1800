"""Why the server answers as it does: every cause of a reply, with its code, its words, its explanation and its sources.

A cause's key goes over the control channel and into the log; the texts stay here, so that better ones reach old
transcripts too.
"""

from __future__ import annotations

from protocols.ftp.causes import about, data, files, login, parameters, refusals, session, unknown
from protocols.ftp.causes.cause import Cause

__all__ = ["CAUSES", "Cause"]

CAUSES: dict[str, Cause] = {
    cause.why: cause
    for group in (session, login, parameters, data, files, refusals, about, unknown)
    for cause in group.CAUSES
}
