"""Mail, file and name servers that show every octet: the wire, the servers, the sandbox. No Django anywhere below."""
