"""Every limit of exercises in the portal, once. Those of what an author writes stand beside the reader, in
`document.py` and `protocols.goals.reader`."""

from __future__ import annotations

ATTEMPTS = 1_000  # that an exercise can allow a person
ANSWER = 200  # characters of an answer to a question
COMMENT = 2_000  # characters
REASON = 500  # characters of why points were adjusted
POINTS = 100_000  # in place of those that were reached
ATTEMPTS_SHOWN = 1_000  # on an exercise's page of attempts

LOG_PAGE = 500  # events that grading has in memory at once
ENDED_WITHIN = 5  # seconds that whoever begins waits for the end of their lab of before
RUN_EVENTS = 1_000  # of a solution's run, which are kept with its version

REGRADED_AT_ONCE = 10  # attempts in one write transaction
REGRADE_STUCK = 30  # seconds without progress, after which its work can be asked for again

TRANSCRIPTS = 100  # labs among which an author chooses one to try goals on
TRIED_EVENTS = 20_000  # of its transcript, which goals are tried on
EVIDENCE_SHOWN = 20  # lines that a verdict is shown with
VERSIONS_SHOWN = 200  # on an exercise's page
