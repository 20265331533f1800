// Shows a page's times in the reader's own time zone. Without it they stand there in UTC, and say so.
const SHAPES = {
  minute: { hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" },
  second: { dateStyle: "long", timeStyle: "medium" },
};

// `root`: where to look for <time data-shape> elements.
export function showLocalTimes(root) {
  for (const place of root.querySelectorAll("time[data-shape]")) {
    const format = new Intl.DateTimeFormat("en-GB", SHAPES[place.dataset.shape]);
    place.textContent = format.format(new Date(place.dateTime));
  }
}

showLocalTimes(document);
