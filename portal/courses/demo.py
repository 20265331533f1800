"""The demo course with its activities, and the demo accounts: they exist and can sign in only in demo mode (`make
run`)."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "lentil-soup"
COURSE = "nwen243"
ACCOUNTS = {
    "alice": "a student",
    "bob": "a student",
    "ivy": "an instructor, who can watch the labs of the course",
    "mallory": "not in the course",
}
ROLES = {"alice": "student", "bob": "student", "ivy": "instructor"}  # in the course
ABOUT = "How mail finds its way, how names lead to addresses, and how files get from here to there, by hand."


@dataclass(frozen=True, slots=True)
class DemoActivity:
    """An activity of the demo course, in the unit of that title: a ready exercise, by its name."""

    unit: str
    slug: str
    exercise: str


SEND_A_MAIL = DemoActivity("Mail", "send-a-mail-by-hand", "mail-by-hand")
MEND_A_MAIL = DemoActivity("Mail", "mend-a-mail-that-is-refused", "mail-refused")
FOLLOW_A_NAME = DemoActivity("Names", "follow-a-name-from-the-root", "follow-a-name")
NAMES_THAT_GO_WRONG = DemoActivity("Names", "names-that-go-wrong", "names-that-go-wrong")
FETCH_A_FILE = DemoActivity("Files", "list-and-fetch-a-file-by-hand", "ftp-list")
SEND_A_FILE = DemoActivity("Files", "send-a-file-by-hand", "ftp-store")

ACTIVITIES = (SEND_A_MAIL, MEND_A_MAIL, FOLLOW_A_NAME, NAMES_THAT_GO_WRONG, FETCH_A_FILE, SEND_A_FILE)
