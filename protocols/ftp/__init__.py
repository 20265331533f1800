"""FTP: RFC 959 and its successors, spoken by hand."""
