// What stands in the transcript and the ladder in the place of a secret: always as many, so that they do not say how long
// it is. The Wire view shows it as it was sent.
export const DOTS = "••••••••";

const SECRET = /^(\s*(?:PASS|ACCT))[^A-Za-z].*/i; // as protocols/ftp/explain.py finds it, with a slip after the verb too

// What is typed to a server of this protocol, with dots for its secret.
export function hideSecret(text, protocol) {
  return protocol === "ftp" ? text.replace(SECRET, `$1 ${DOTS}`) : text;
}
