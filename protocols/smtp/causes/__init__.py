"""Why the server answers as it does: every cause of a reply, with its code, its words, its explanation and its sources.

A cause's key goes over the control channel and into the log; the texts stay here, so that better ones reach old
transcripts too.
"""

from __future__ import annotations

from protocols.smtp.causes import envelope, paths, session, unknown
from protocols.smtp.causes.cause import Cause

CAUSES: dict[str, Cause] = {
    cause.why: cause for cause in (*session.CAUSES, *paths.CAUSES, *envelope.CAUSES, *unknown.CAUSES)
}
