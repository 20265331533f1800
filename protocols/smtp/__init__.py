"""The Simple Mail Transfer Protocol (RFC 5321): its wire, its states, its server."""
