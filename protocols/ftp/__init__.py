"""The File Transfer Protocol (RFC 959): its wire, its states, its files, its server."""
