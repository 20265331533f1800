// How wide text is in a drawing, without asking the page to lay it out.
const canvas = document.createElement("canvas").getContext("2d");
const style = getComputedStyle(document.documentElement);
const FONTS = {
  label: `bold 13px ${style.getPropertyValue("--mono")}`, // verbs are bold, and no narrower than the rest
  aside: `12px ${style.getPropertyValue("--sans")}`,
};

// px that `text` takes, in one of the FONTS.
export function widthOf(text, font) {
  canvas.font = FONTS[font];
  return canvas.measureText(text).width;
}

// The parts [style, text], or as much of them as fits into the room and an ellipsis.
export function cut(parts, room, font) {
  let left = room;
  const shown = [];
  for (const [style, text] of parts) {
    const width = widthOf(text, font);
    if (width > left) return [...shown, [style, `${shorten(text, left, font)}…`]];
    shown.push([style, text]);
    left -= width;
  }
  return shown;
}

function shorten(text, room, font) {
  let shown = text;
  while (shown && widthOf(`${shown}…`, font) > room) shown = shown.slice(0, Math.floor(shown.length * 0.95));
  return shown.trimEnd();
}
