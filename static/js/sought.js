// The line of the transcript that the page's address names, as "#event-12": it is chosen as soon as it is there.
const list = document.querySelector("#transcript ol");
let sought = null;

new MutationObserver((changes) => {
  if (!sought) return;
  for (const { addedNodes } of changes) for (const item of addedNodes) if (item.dataset?.seq === sought) seek(item);
}).observe(list, { childList: true });
addEventListener("hashchange", read);
read();

function read() {
  sought = /^#event-(\d+)$/.exec(location.hash)?.[1] ?? null;
  seek(sought && list.querySelector(`[data-seq="${sought}"]`));
}

// As a click on it does.
function seek(item) {
  if (!item) return;
  sought = null;
  requestAnimationFrame(() => {
    item.querySelector("button.choose")?.click();
    item.scrollIntoView({ block: "center" });
  });
}
