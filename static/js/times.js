// Times as the transcript shows them. The log's times are microseconds.
export function sinceCause(microseconds) {
  return `+${span(microseconds)}`;
}

export function span(microseconds) {
  const ms = microseconds / 1000;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return clock(ms / 1000);
}

// The time between two lines of a client: a person's time, in seconds.
export function pause(microseconds) {
  const seconds = microseconds / 1e6;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : clock(seconds);
}

// 04:12, or 1:04:12 after an hour.
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(whole / 3600);
  return (hours ? [hours, ...parts] : parts).join(":");
}

// How long something is kept, from seconds: 30 s, 15 min, 1.5 h, 2 d.
export function duration(seconds) {
  const [unit, length] = [["d", 86400], ["h", 3600], ["min", 60]].find(([, size]) => seconds >= size) ?? ["s", 1];
  return `${Number((seconds / length).toFixed(1))} ${unit}`;
}
