"""The demo accounts, which exist and can sign in only in demo mode (`make run`)."""

PASSWORD = "lentil-soup"
COURSE = "nwen243"
ACCOUNTS = {
    "alice": "a student",
    "bob": "a student",
    "ivy": "an instructor, who can watch the labs of the course",
    "mallory": "not in the course",
}
ROLES = {"alice": "student", "bob": "student", "ivy": "instructor"}  # in the course
