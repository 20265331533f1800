// Shows a page's times in the reader's own time zone. Without it they stand there in UTC, and say so.
const SHAPES = {
  minute: { hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" },
  second: { dateStyle: "long", timeStyle: "medium" },
};

// A file's time as `ls` has it: the hour of one that is new, the year of one that is old.
const FILE = {
  young: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  old: { day: "numeric", month: "short", year: "numeric" },
};
const OLD = 182 * 86_400_000; // ms

// `root`: where to look for <time data-shape> elements.
export function showLocalTimes(root) {
  for (const place of root.querySelectorAll("time[data-shape]")) {
    const time = new Date(place.dateTime);
    place.textContent = new Intl.DateTimeFormat("en-GB", shapeOf(place.dataset.shape, time)).format(time);
  }
}

function shapeOf(name, time) {
  return SHAPES[name] ?? (Date.now() - time < OLD ? FILE.young : FILE.old);
}

showLocalTimes(document);
