// A picture of one's own: dropped, chosen or pasted; then its mask with legend and areas, to be kept as PNG.

import { send, unpacked } from "./api.js";
import { apply, opacity, slider } from "./opacity.js";
import { pane } from "./pane.js";
import { areas } from "./tables.js";
import { announce, complain, el, hush, megabytes, number, say, share } from "./told.js";

let addresses = [];
let cancel = null;

/** The place to put a picture. */
export function show(content) {
  cancel?.();
  for (const address of addresses.splice(0)) URL.revokeObjectURL(address);
  const input = el("input", {
    type: "file", id: "file", class: "unseen", accept: "image/jpeg,image/png,image/tiff,image/webp,image/gif",
    on: { change: () => input.files[0] && take(content, input.files[0]) },
  });
  const zone = el("div", { class: "drop" },
    el("p", { class: "drop-here" }, say("drop")), el("p", { class: "quiet" }, say("drop_or")), input,
    el("label", { class: "button", for: "file" }, say("browse")), el("p", { class: "quiet small" }, say("drop_kinds")));
  content.replaceChildren(el("div", { class: "own" }, el("h1", {}, say("own_title")), zone));
}

/** Files dropped or pasted anywhere on the page while it is shown. */
export function listen(content, active) {
  let over = 0;
  const lit = (on) => content.querySelector(".drop")?.classList.toggle("over", on);
  const carries = (event) => active() && [...(event.dataTransfer?.types ?? [])].includes("Files");
  addEventListener("dragenter", (event) => carries(event) && lit(++over > 0));
  addEventListener("dragleave", (event) => carries(event) && lit(--over > 0));
  addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    over = 0;
    lit(false);
    if (event.dataTransfer.files[0]) take(content, event.dataTransfer.files[0]);
  });
  addEventListener("paste", (event) => active() && event.clipboardData?.files[0] && take(content, event.clipboardData.files[0]));
}

async function take(content, file) {
  show(content);
  hush();
  if (file.size > megabytes * 1048576) {
    complain({ message: say("too_big", { limit: megabytes }), what_to_do: say("too_big_do") });
    return;
  }
  const progress = el("progress", { max: 1, value: 0, aria: { label: say("working") } });
  const told = el("p", {}, say("sending", { p: share(0) }));
  const stop = el("button", { type: "button", class: "plain", on: { click: () => show(content) } }, say("cancel"));
  content.querySelector(".drop").replaceChildren(told, progress, stop);
  const sending = send(file, (part) => {
    progress.value = part;
    told.textContent = part < 1 ? say("sending", { p: share(part) }) : say("working");
    if (part >= 1) progress.removeAttribute("value");
  });
  cancel = sending.cancel;
  try {
    const answer = await sending.result;
    cancel = null;
    result(content, file.name, answer);
  } catch (fault) {
    if (fault === null) return;
    cancel = null;
    show(content);
    complain(fault);
  }
}

function result(content, name, told) {
  const [preview, labels] = [unpacked(told.preview), unpacked(told.labels)];
  addresses = [preview, labels];
  const stem = name.replace(/\.[^.]*$/, "") || "picture";
  const made = pane(say("prediction"), preview, labels, "own");
  made.note.textContent = `${told.width} × ${told.height} px, ${say("looked", { s: number(told.seconds) })}`;
  content.replaceChildren(
    el("div", { class: "own done" },
      el("h1", {}, say("result_of", { name })),
      el("div", { class: "split" },
        el("div", {}, el("div", { class: "panes one" }, made.figure), slider()),
        el("section", { class: "result" }, el("h2", {}, say("areas")), areas(told.classes),
          el("p", { class: "actions" },
            el("a", { class: "button", href: labels, download: `${stem} mask.png` }, say("download")),
            el("button", { type: "button", class: "plain", on: { click: () => saveShown(preview, labels, stem) } }, say("download_overlay")),
            el("button", { type: "button", class: "plain", on: { click: () => { show(content); document.getElementById("file").focus(); } } }, say("another")))))));
  apply();
  announce(say("result_of", { name }));
  content.focus({ preventScroll: true });
}

/** Picture and mask as they are seen, as one PNG. */
async function saveShown(preview, labels, stem) {
  const load = (address) => new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = failed;
    image.src = address;
  });
  const [photo, mask] = await Promise.all([load(preview), load(labels)]);
  const canvas = el("canvas", { width: photo.naturalWidth, height: photo.naturalHeight });
  const pen = canvas.getContext("2d");
  pen.drawImage(photo, 0, 0);
  pen.globalAlpha = opacity();
  pen.drawImage(mask, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => {
    const address = URL.createObjectURL(blob);
    el("a", { href: address, download: `${stem} overlay.png` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }, "image/png");
}
