"""Every limit of labs in the portal, once. Those of the servers in a lab are in `protocols.limits`, those of one
message beside the messages."""

from __future__ import annotations

LABS_A_PERSON = 3  # running at once
LABS_A_MACHINE = 200  # running at once under one worker
UNWATCHED = 1_800  # seconds without input and without a page that shows it, until a lab ends

# Ownership of a lab is a lease. Seconds.
LEASE = 8  # that a lease lasts; a lab whose lease ran out may be taken over by any worker
RENEWAL = 2  # between two renewals, and two looks for leases that ran out

# A database that does not answer. Seconds.
PAUSED = 1.5  # that events wait to be committed, before the lab's pages are told that it is paused
ASKED_AGAIN = 1  # between two tries of a socket to read its log, and two times that pages are told of a pause

# The live page. Seconds, where a name says nothing else.
CHUNK = 200  # events in one message to a page
LOOK = 15  # between two looks of a socket at its log, and at whether its user may still see it
BELLS_WAITING = 64  # bells for one socket; past that they are dropped, and the socket reads the log
INPUTS_WAITING = 1_000  # messages from pages to one lab; past that they are dropped, and the pages send them again
LOG_PAGE = 1_000  # events that are read at once of a log that is judged from its beginning
BELL_EVENTS = 50  # events of a bell; one of more goes without a copy of them
BELL_SIZE = 64 * 1024  # characters of a bell; a larger one goes without its copy too
SCOLDINGS = 100  # messages from one socket that no page sends, before it is closed
WATCHED = 60  # between two notes of pages that a lab is watched

# What a page asks of a running lab. Seconds.
ZONE_ANSWERED = 5  # that a zone's page waits for the lab's word about an edit
FILE_ANSWERED = 10  # that a page waits for the lab's word about a file that somebody puts there
ANSWER_LOOK = 0.05  # between two looks whether it is in the log

# The contents of files. Seconds.
CONTENT_UNFINISHED = 3_600  # until one counts as given up whose upload has not come to its end
CONTENTS_SWEPT = 60  # between two looks for those that nothing refers to any more

VISIT = 600  # seconds in which a person's looks at one lab count as one visit
STARTING = 5  # seconds that a request to open a lab may wait for its task, before any worker takes it up by itself
