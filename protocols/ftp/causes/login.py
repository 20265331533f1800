"""Causes about who may come in: USER, PASS, ACCT."""

from __future__ import annotations

from protocols.ftp.causes.cause import USER, Cause

CAUSES = (
    Cause(
        why="user-ok",
        code="331",
        words="Password required for {user}",
        says="USER names who wants to come in, and the server asks for the password. It answers so for every name, "
        "whether it knows it or not: a different answer would tell strangers which users there are.",
        references=((959, "4.1.1"), (2577, "7")),
        knows=USER,
    ),
    Cause(
        why="user-guest",
        code="331",
        words="Guest login ok, send your mail address as password",
        says="This user is open to everybody, and any password will do. By custom a guest gives a mail address, so "
        "that the keeper of the server knows who visits.",
        references=((1635, ""), (959, "4.1.1")),
        knows=USER,
    ),
    Cause(
        why="user-missing",
        code="501",
        words="USER needs a name",
        says="USER names who wants to come in, and yours names nobody.",
        help="Put the user's name after it, for example USER anonymous.",
        references=((959, "4.1.1"), (959, "5.3.1")),
    ),
    Cause(
        why="logged-in",
        code="230",
        words="User {user} logged in",
        says="Name and password belong together, so you are in. You stand in the user's home directory, and what you "
        "may do to a file depends on its owner and its permissions.",
        references=((959, "4.1.1"), (959, "5.4")),
        knows=USER,
    ),
    Cause(
        why="account-needed",
        code="332",
        words="Account required for {user}",
        says="The password is right, and this server wants an account as well before it lets this user in: a third "
        "secret, from times when computing was billed.",
        references=((959, "4.1.1"), (959, "5.4")),
        knows=USER,
    ),
    Cause(
        why="account-ok",
        code="230",
        words="User {user} logged in with account",
        says="Name, password and account belong together, so you are in.",
        references=((959, "4.1.1"), (959, "5.4")),
        knows=USER,
    ),
    Cause(
        why="account-superfluous",
        code="202",
        words="No account is needed here",
        says="You are in already, and this user has no account to give. 202 says that the command was not needed, "
        "which is no failure.",
        references=((959, "4.1.1"), (959, "4.2.1")),
        knows=USER,
    ),
    Cause(
        why="login-wrong",
        code="530",
        words="Login incorrect",
        says="Name, password and account do not belong together. Which of them is wrong the server does not say: that "
        "would help whoever tries them one after the other.",
        help="Start again with USER, then PASS. Passwords tell upper from lower case.",
        references=((959, "4.1.1"), (2577, "5"), (2577, "7")),
    ),
    Cause(
        why="pass-before-user",
        code="503",
        words="Login with USER first",
        says="PASS follows USER at once, and completes it. The server does not know whose password this is.",
        help="Say USER and the user's name first, then PASS. This password has gone over the wire already.",
        references=((959, "4.1.1"), (959, "5.4")),
    ),
    Cause(
        why="acct-before-pass",
        code="503",
        words="Login with USER and PASS first",
        says="ACCT comes after the password, and only where the server asks for it with 332. You are not that far.",
        help="Say USER, then PASS, and ACCT only if 332 is the answer.",
        references=((959, "4.1.1"), (959, "5.4")),
    ),
    Cause(
        why="not-logged-in",
        code="530",
        words="Please login with USER and PASS",
        says="{verb} needs a user who is logged in: the server has to know whose files and permissions these are. "
        "Before that it answers little more than HELP, FEAT and QUIT.",
        help="Say USER and the user's name, then PASS and the password.",
        references=((959, "4.1.1"), (959, "5.4")),
    ),
)
