// What stands in the transcript and the ladder in the place of a secret: always as many, so that they do not say how long
// it is. The Wire view shows it as it was sent.
export const DOTS = "••••••••";
