// How strongly masks lie over pictures: one slider, one value for the whole page, kept while the window is open.

import { el, say, share } from "./told.js";

let value = Number(sessionStorage.getItem("opacity") ?? 0.6);

/** Apply the value to every mask on the page. */
export function apply() {
  for (const mask of document.querySelectorAll("img.mask")) mask.style.opacity = String(value);
}

export const opacity = () => value;

/** The slider with its label. */
export function slider() {
  const output = el("output", { htmlFor: "opacity" }, share(value));
  const input = el("input", {
    type: "range", id: "opacity", min: "0", max: "100", step: "5", value: String(Math.round(value * 100)),
    on: {
      input: () => {
        value = Number(input.value) / 100;
        output.textContent = share(value);
        sessionStorage.setItem("opacity", String(value));
        apply();
      },
    },
  });
  return el("div", { class: "slider" }, el("label", { for: "opacity" }, say("opacity")), input, output);
}
