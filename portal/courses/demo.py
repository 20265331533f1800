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
ABOUT = "How mail finds its way, how names lead to addresses, and how files come and go, by hand."


@dataclass(frozen=True, slots=True)
class DemoActivity:
    """An activity of the demo course, in the unit of that title; `text` is Markdown."""

    unit: str
    slug: str
    title: str
    summary: str
    text: str


SEND_A_MAIL = DemoActivity(
    unit="Mail",
    slug="send-a-mail-by-hand",
    title="Send a mail by hand",
    summary="Speak SMTP with a mail server yourself, and see the mail arrive.",
    text="""\
You are the mail host **mx.halva.fr**. Alice wrote two lines to Bob, whose mailbox is bob@lentil.edu:

    Do you like dahl?
    How about with naan?

Bring them to him by hand. Everything you type goes over the wire as it is.

1. Connect to **mx.lentil.edu**, port 25, and wait for its greeting.
2. Say who you are: `HELO mx.halva.fr`
3. Start the envelope with its sender: `MAIL FROM: <alice@halva.fr>`
4. Name the recipient: `RCPT TO: <bob@lentil.edu>`
5. Say `DATA`. When the server tells you to go on, type Alice's two lines.
6. End the message with a dot on a line by itself.
7. Say `QUIT`, then look into Bob's mailbox.

Choose any line of the transcript to see what it means, and why the server answered so. Mistakes are welcome: the server
answers them as a real one does.
""",
)

FOLLOW_A_NAME = DemoActivity(
    unit="Names",
    slug="follow-a-name-from-the-root",
    title="Follow a name from the root",
    summary="Look a name up, and watch your resolver go from server to server until one of them knows.",
    text="""\
**www.vuw.ac.nz** has an address, and no server of this small Internet knows all names. Yours to ask is the resolver
**vuwwincodc00001.vuw.ac.nz**; what it does not know it finds out, from the root down. Type each command below as it is.

1. Look the name up: `dig www.vuw.ac.nz`. The address is there, and the name turns out to be an alias.
2. Read the transcript from the top. The resolver had to begin at a root server, and got no answer there but a
   **referral**: ask the servers of a zone further down. Follow each hop to the server that answers with authority. The
   **Ladder** tab draws the same: an arrow for each message, and each referral brings the resolver a step nearer.
3. Ask again: `dig www.vuw.ac.nz`. Only two messages this time, for the resolver has kept what it learnt. See the TTL
   in the answer: it says for how many seconds more. Then ask with the older program, `nslookup www.vuw.ac.nz`: before
   anything else it asks what its own server is called.
4. Do its work yourself. `dig @a.root-servers.net www.vuw.ac.nz +norecurse` asks the root, and asks nobody to go on for
   you. Take a server from the referral and ask that one. `dig www.vuw.ac.nz +trace` does it all in one go.
5. `dig @ns1.lentil.edu www.vuw.ac.nz` asks a server that is not responsible. It says **REFUSED**. Choose that line to
   see why.
6. Ask what the resolver has already, and no more: `dig www.ubc.ca +norecurse`. Then without `+norecurse`, then with it
   once more.
7. Go the other way, from an address to its name: `dig -x 130.195.86.18`. The octets stand in reverse, since names are
   read from the right.
8. Change a zone. Follow **See and edit the zones** below the hosts and open **lentil.edu**. Add the line
   `soup  A  10.2.0.99`, raise the serial, and save. Then ask: `dig soup.lentil.edu`. Had you asked before, you would
   have to wait: the resolver also keeps for a while that a name does not exist.

Names that go wrong are worth a visit: `nobody.lentil.edu`, `gone.lentil.edu`, `tick.lentil.edu`, `www.otago.ac.nz`,
`www.sunk.co.nz`. Choose any line to see every field of its message, and why it was answered so.
""",
)

FETCH_A_FILE = DemoActivity(
    unit="Files",
    slug="list-and-fetch-a-file-by-hand",
    title="List and fetch a file by hand",
    summary="Speak FTP with a file server, and open the second connection that the files come over.",
    text="""\
The file server **ftp.eckenfels.net** has an account for you: its name is **ecki**, its password **secret**. You give
the commands over one connection. Whatever is a list or a file comes over another, and you say when.

1. Connect to **ftp.eckenfels.net**, port 21, and wait for its greeting.
2. Say who you are: `USER ecki`, then `PASS secret`. The reply has several lines: the hyphen behind its code announces
   them, and the same code with a space ends them.
3. Ask where you are: `PWD`
4. Have the server listen for the second connection: `PASV`. Its reply names a place in six numbers,
   **212,227,90,117,5,99**. Four are its address. The other two are the port: 5*256+99 = 1379.
5. Ask for the names of the files: `NLST`. They come over the data connection, and its end is theirs. Only then the
   server says **226**.
6. Go where the files for everybody are: `CWD /pub`. Each transfer needs a connection of its own, so say `PASV` again,
   then `RETR README`. Look at the files beside the transcript: **/README** is on your machine now.
7. Let a program do the work. `ls` lists, `get umlauts.txt` fetches, and below each you see the commands that it became.
   Try `cd rfc`, `dir` and `pwd` as well.
8. Say `QUIT`. Then open the **Wire** tab, which shows what anybody on the way could read. Your password stands there.

Choose a line to see what it means, and which command opened a data connection. What goes wrong is worth a visit: say
`NLST` without `PASV`, or `CWD /vault`, or `RETR` of a file that is not there.
""",
)

SEND_A_FILE = DemoActivity(
    unit="Files",
    slug="send-a-file-by-hand",
    title="Send a file by hand",
    summary="Tell a file server where you listen, and have it open the data connection to you.",
    text="""\
Your machine is **mx.halva.fr**. It has the address 10.0.0.1 and a file, **/tmp/test.txt**. Bring that to the file
server **ftp.eckenfels.net** in FTP's first way, the active mode: you listen, and the server connects to you.

1. Connect to **ftp.eckenfels.net**, port 21, and wait for its greeting.
2. Log in: `USER ecki`, then `PASS secret`
3. Say where you listen: `PORT 10, 0, 0, 1, 4, 1`. Four numbers are your address. The other two are the port:
   4*256+1 = 1025. Books print the spaces. No standard has them, and this server is patient.
4. Send the file: `STOR /tmp/test.txt`. Now the server opens the data connection, and not before: from its port 20 to
   your 1025. Your client sends the file and closes. That close is the end of the file, for nothing else says how long
   it is. Then the server says **226**.
5. See that it is there, in the files beside the transcript, and by a list: `PORT 10,0,0,1,4,2`, then `NLST /tmp`
6. Name an address that is not yours: `PORT 10,2,0,80,4,1`. Choose the server's reply to see what could be done with
   that.
7. Let a program do the work. It has the server listen at first; `passive` changes that. `put letter.txt` sends
   another file, and below it you see the commands that it became.
8. Say `QUIT`, and open the **Wire** tab: there is your password, and your letter, for everybody on the way.

On **ftp.lentil.edu** things go wrong. Its account **alice**, password **lentils**, has a quota of 1,500 octets:
`put report.txt` fits, `put report.txt second.txt` does not. **bob**, password **beans**, is asked for an account: say
`ACCT kitchen`.
""",
)

ACTIVITIES = (SEND_A_MAIL, FOLLOW_A_NAME, FETCH_A_FILE, SEND_A_FILE)
