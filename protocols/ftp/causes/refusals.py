"""Causes for which something cannot be done with a file or directory."""

from __future__ import annotations

from protocols import limits
from protocols.ftp.causes.cause import PATH, Cause

CAUSES = (
    Cause(
        why="no-such-file",
        code="550",
        words="{path}: No such file",
        says="Nothing of that name is there. A name that does not begin with / is looked for in your working "
        "directory, and the server tells upper from lower case.",
        help="Say PWD to see where you stand, and NLST or LIST to see what is there.",
        references=((959, "4.2.1"), (959, "5.4")),
        knows=PATH,
    ),
    Cause(
        why="no-such-directory",
        code="550",
        words="{path}: No such directory",
        says="The directory that the name leads through, or to, is not there.",
        help="Go step by step with CWD, or make the directory with MKD first.",
        references=((959, "4.2.1"), (959, "5.4")),
        knows=PATH,
    ),
    Cause(
        why="not-a-directory",
        code="550",
        words="{path}: Not a directory",
        says="That is a file, and {verb} wants a directory.",
        help="For a file there are RETR to fetch it and DELE to delete it.",
        references=((959, "4.2.1"), (959, "5.4")),
        knows=PATH,
    ),
    Cause(
        why="is-a-directory",
        code="550",
        words="{path}: Is a directory",
        says="That is a directory, and {verb} wants a file.",
        help="Say CWD to enter it, LIST to see what it holds, or RMD to remove it when it is empty.",
        references=((959, "4.2.1"), (959, "5.4")),
        knows=PATH,
    ),
    Cause(
        why="exists",
        code="550",
        words="{path}: Exists already",
        says="Something of that name is there already, and {verb} replaces nothing.",
        help="Choose another name, or remove the old one first.",
        references=((959, "4.2.1"), (959, "II")),
        knows=PATH,
    ),
    Cause(
        why="not-empty",
        code="550",
        words="{path}: Directory not empty",
        says="A directory is removed when nothing is in it, and this one holds something.",
        help="Delete what is in it with DELE and RMD, then remove it.",
        references=((959, "4.1.3"), (959, "4.2.1")),
        knows=PATH,
    ),
    Cause(
        why="permission-denied",
        code="550",
        words="{path}: Permission denied",
        says="The permissions do not allow it to you. To read a file takes r, to change it w; in a directory r lists, "
        "x enters, and w adds, removes and renames. The owner has other permissions than everybody else.",
        help="Look at the letters in the first column of LIST, and at the owner beside them.",
        references=((959, "2.2"), (959, "4.2.1")),
        knows=PATH,
    ),
    Cause(
        why="account-reads-only",
        code="550",
        words="This account may read only",
        says="Whatever the permissions of the files, this user is let in to read and to list, and not to change "
        "anything: as guests mostly are.",
        help="Log in as a user who may write, with USER and PASS.",
        references=((2577, "9"), (1635, "")),
        knows=PATH,
    ),
    Cause(
        why="root-stays",
        code="550",
        words="The root directory stays as it is",
        says="/ is where every name begins. It can be neither removed nor renamed.",
        help="Name what is below it.",
        references=((3659, "6.2"), (959, "4.2.1")),
        knows=PATH,
    ),
    Cause(
        why="into-itself",
        code="553",
        words="A directory cannot go into itself",
        says="The new name lies below the directory that is to be renamed. It would hang below itself, and nothing "
        "would lead there any more.",
        help="Choose a new name that does not begin with the old one.",
        references=((959, "4.2.1"),),
        knows=PATH,
    ),
    Cause(
        why="bad-name",
        code="553",
        words="That name cannot be used",
        says="A name is UTF-8 without control characters, such as NUL or a tab. Yours has other octets, so no file can "
        "be called that.",
        help="Type the name again without cursor keys, or choose another.",
        references=((2640, "2.2"), (3659, "2.2")),
    ),
    Cause(
        why="name-too-long",
        code="553",
        words=f"A name has at most {limits.FILE_NAME} octets",
        says=f"Between two slashes a name has at most {limits.FILE_NAME} octets here; letters beyond ASCII take two or "
        "more of them. Yours has more.",
        help="Choose a shorter name.",
        references=((959, "4.2.1"), (959, "5.3.1")),
    ),
    Cause(
        why="path-too-long",
        code="553",
        words=f"A path has at most {limits.FILE_PATH} octets",
        says=f"From the root on, with all its directories and slashes, a path has at most {limits.FILE_PATH} octets "
        "here. Yours has more.",
        help="Use fewer directories, or shorter names for them.",
        references=((959, "5.3.1"), (959, "4.2.1")),
    ),
    Cause(
        why="over-quota",
        code="552",
        words="The quota of this account is exceeded",
        says="The files of this user would take more octets than its quota allows. Nothing of the new one is stored, "
        "and what was there before is as it was.",
        help="Delete something with DELE, or send less.",
        references=((959, "4.2.1"), (959, "5.4")),
        knows=PATH,
    ),
    Cause(
        why="lab-full",
        code="452",
        words="No space left",
        says=f"All files of this lab together take at most {limits.FILES // 1024**2} MB, and this one has no room. "
        "Nothing of it is stored.",
        help="Delete files on any host of the lab, then try again.",
        references=((959, "4.2.1"), (959, "5.4")),
        knows=PATH,
    ),
    Cause(
        why="too-many-files",
        code="452",
        words="No room for another file or directory",
        says=f"A lab has at most {limits.FILE_ENTRIES} files and directories, and there are as many.",
        help="Remove some with DELE or RMD, then repeat the command.",
        references=((959, "4.2.1"),),
        knows=PATH,
    ),
)
