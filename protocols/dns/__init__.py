"""DNS: messages and zones, the servers that answer from them, the resolver, and the programs that ask."""
