// A picture with a mask over it. A press enlarges it to the whole width, another one puts it back.

import { el, say } from "./told.js";
import { opacity } from "./opacity.js";

/** `mask` may be an address, null for none, or a promise of an address (then the pane waits for it). */
export function pane(title, image, mask, kind) {
  const photo = el("img", {
    class: "photo", src: image, alt: title, decoding: "async",
    on: { load: () => figure.style.setProperty("--ratio", photo.naturalWidth / photo.naturalHeight) },
  });
  const stage = el("span", { class: "stage" }, photo);
  const button = el("button", {
    type: "button", class: "open", aria: { pressed: "false", label: say("enlarge", { what: title }) },
    on: { click: () => enlarge(figure, button) },
  }, stage);
  const note = el("small", {});
  const figure = el("figure", { class: "pane", data: { kind } }, el("figcaption", {}, el("span", {}, title), note), button);
  const lay = (address) => {
    const over = el("img", { class: "mask", src: address, alt: "", decoding: "async" });
    over.style.opacity = String(opacity());
    stage.append(over);
  };
  if (typeof mask === "string") lay(mask);
  else if (mask) {
    figure.classList.add("waiting");
    mask.then((address) => { lay(address); figure.classList.remove("waiting"); }, () => figure.classList.remove("waiting"));
  }
  return { figure, note };
}

function enlarge(figure, button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  for (const other of figure.parentElement.querySelectorAll(".open")) other.setAttribute("aria-pressed", "false");
  for (const other of figure.parentElement.children) other.classList.toggle("large", on && other === figure);
  figure.parentElement.classList.toggle("enlarged", on);
  button.setAttribute("aria-pressed", String(on));
}
