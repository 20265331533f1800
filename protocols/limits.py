"""Every limit of the servers in a lab, once. Octets unless a name says otherwise. Sources: RFC 5321 section 4.5.3.1 and
RFC 1870, where a standard has an opinion; the rest is ours."""

from __future__ import annotations

# A connection's octets
CHUNK = 64 * 1024  # read at once, and the size of a Block
LINE_WITHOUT_END = 64 * 1024  # of a line without its LF, before what is there is recorded as a Block

# A session
COMMAND_LINE = 512  # a command with its CRLF: RFC 5321 section 4.5.3.1.4
MAIL_PARAMETERS = 26 + 14  # what SIZE (RFC 1870 section 3) and BODY=8BITMIME (RFC 6152 section 2) add to it for MAIL
REPLY_LINE = 512  # a reply line with its CRLF: RFC 5321 section 4.5.3.1.5
LOCAL_PART = 64  # RFC 5321 section 4.5.3.1.1
DOMAIN = 255  # RFC 5321 section 4.5.3.1.2
PATH = 256  # with its angle brackets: RFC 5321 section 4.5.3.1.3
RECIPIENTS = 100  # of a message: RFC 5321 section 4.5.3.1.8 asks for no fewer
COMMANDS = 1_000  # of a session
IDLE_SECONDS = 600  # without an octet from the client: RFC 5321 section 4.5.3.2.7 asks for at least 300
CONNECTIONS = 20  # at once to a host
LINGER_SECONDS = 5  # for the last words to reach a client that is not reading
LINGER = 1_048_576  # read meanwhile of what a client goes on sending, and dropped

# A message
TEXT_LINE = 1_000  # a line of it with its CRLF, without the dot of transparency: RFC 5321 section 4.5.3.1.6
MESSAGE = 1_048_576  # announced by SIZE: RFC 1870 section 3
LINES_SHOWN = 200  # of a message, before its octets are recorded in Blocks

# DNS: names and messages
LABEL = 63  # RFC 1035 section 2.3.4
NAME = 255  # on the wire: RFC 1035 section 2.3.4
LEVELS = 127  # below the root, hence: a label takes at least two octets, and the root's one (RFC 1035 section 3.1)
DATAGRAM = 512  # a message by UDP without EDNS: RFC 1035 section 2.3.4
DATAGRAM_EDNS = 1_232  # with it, whatever the client could take: what fits every path without fragments
DNS_MESSAGE = 65_535  # by TCP: RFC 1035 section 4.2.2
EXTENDED_TEXT = 200  # of an extended error (RFC 8914): what stands in a datagram beside the longest name
DNS_RECORDS = 1_000  # records of a message that are read
DNS_PARTS = 10_000  # labels with all its names written out, texts and options: what keeps reading below 50 ms
RRSET = 500  # records of a name and type in a zone, so that a message with all of them is read
ZONE_FILE = 64 * 1024  # a zone's master file
ZONE_FILES = 256 * 1024  # of a world, those of all its zones: a lab gets them in one frame, with its escapes
EXCHANGES_KEPT = 200  # a second and lab, in the transcript; those beyond it are answered and counted
NAMES_COUNTED = 10  # of those beyond it, the names that are told
DATAGRAM_READ = 4_096  # octets of a query by UDP; a longer one is cut, and so has no good form
RESPONSES_READY = 10_000  # of a server, made once and given to whoever asks the same
IDLE_SECONDS_DNS = 10  # of a connection without a query: RFC 7766 section 6.2.3 wants a few

# DNS: a resolver's work for one query
QUERY_SECONDS = 1.5  # until a server counts as not answering
RESOLVE_SECONDS = 8
RESOLVE_QUERIES = 60
RESOLUTIONS = 100  # at once; who asks when there are as many is told SERVFAIL
ALIASES = 8  # of a chain
DELEGATIONS = 16  # of a chain
SERVERS_TRIED = 6  # of a zone
CACHE_RECORDS = 10_000
CACHE_SECONDS = 604_800  # a time to live is cut to a week: RFC 8767 section 4
CACHE_SECONDS_NEGATIVE = 10_800  # and that of what does not exist to three hours: RFC 2308 section 5

# FTP: the control connection
FTP_COMMAND_LINE = 8_192  # a command with its CRLF: RFC 959 sets none, and a path of 4,000 octets gets its true reply
FTP_REPLY_LINE = 2_048  # a reply line with its CRLF: room for two paths with every quotation mark doubled
PASSIVE_SECONDS = 60  # that the server waits for its client on a passive port
DATA_CONNECT_SECONDS = 10  # for the server to reach its client's port
DATA_IDLE_SECONDS = 60  # of a data connection without an octet
TRANSFERS = 30 * 1024 * 1024  # octets of the transfers that run at once at a host: a lab has them in its memory
DATA_KEPT = 64 * 1024  # octets of a data connection in its Blocks: its first, and its last
REPLY_LINES = 20  # of a reply that a world words

# Files
FILES = 10 * 1024 * 1024  # the contents of all files of a lab, together
FILE_ENTRIES = 500  # files and directories of a lab
FILE_NAME = 255  # octets of a name in a directory, in UTF-8
FILE_PATH = 512  # octets of a path from the root
FILE_TEXTS = 256 * 1024  # octets of the texts of files that stand in a world: a lab gets them in one frame
FILE_CHUNK = 128 * 1024  # of a content on its way to the log, each acknowledged: one write transaction

# The console
CONNECT_SECONDS = 5  # until a connection counts as unanswered
ASK_SECONDS = RESOLVE_SECONDS + 1  # until a query of nslookup or dig counts as unanswered: a resolver says so first
ASK_TRIES = 3  # of a query
COMMAND_SECONDS = 40  # of one of these programs, for all that a typed line makes it do

# A solution that is played in a lab
PLAY_SECONDS = 120
PLAY_EVENTS = 10_000
PLAY_REST_SECONDS = 0.02  # without an event after a line was answered, before the next one is typed
PLAY_PATIENCE_SECONDS = DATA_CONNECT_SECONDS + 1  # without an event until a line counts as unanswered: a server says so

# A lab's process: resource limits, as setrlimit(2) has them
ADDRESS_SPACE = 160 * 1024 * 1024
DESCRIPTORS = 512  # sockets included
THREADS = 8
FILE_SIZE = 0  # a lab has no file to write
PROCESSOR_SECONDS = 20  # of processor time, all its threads together, within PROCESSOR_WINDOW
PROCESSOR_WINDOW = 60  # seconds
PROCESSOR_LOOK = 1  # seconds between two looks of its supervisor

# A lab's log, over all its starts
LOG_EVENTS = 50_000
LOG = 50 * 1024 * 1024  # octets of its events, raw ones and texts

# A lab and its supervisor
READY_SECONDS = 10  # from the request to a lab whose servers listen
STOP_SECONDS = 5  # for a lab to end by itself, before it is ended
GRACE_SECONDS = 0.5  # four times: for the console to end, all connections to end, all to be ended, files to be told
ANSWER_SECONDS = 10  # for a lab to take what is sent to it
BATCH_EVENTS = 400  # committed at once
BATCH = 256 * 1024  # raw octets committed at once; a larger event goes alone
EVENT_TEXT = 1_200  # characters in a text of an event: a name of 255 octets, each as \DDD, and a few words
EVENT_TEXTS = 200  # texts in a list of an event
EVIDENCE = 20  # events that are named as what shows a goal
FRAME = 2 * 1024 * 1024  # of the control protocol, after its first length: a message of 1 MB with its head, and room
GATHER_SECONDS = 0.005  # between two writes to the supervisor, unless there is much to say
CHANNEL_HIGH, CHANNEL_LOW = 512 * 1024, 128 * 1024  # waiting for the supervisor: the wire is held, and released
CAPTURE_RING = 4 * 1024 * 1024
