// Legends: which colour is which class, how much it covers, how well it was found.

import { className, el, percent, say, share } from "./told.js";

/** The colour of a class; what is drawn transparent (black, at index 0) is hatched. */
function swatch(colour) {
  const clear = colour === "#000000";
  const made = el("i", { class: clear ? "swatch clear" : "swatch", aria: { hidden: "true" } });
  if (!clear) made.style.backgroundColor = colour;
  return made;
}

function bar(part, colour) {
  const fill = el("i", {});
  fill.style.width = `${Math.max(0, Math.min(100, part))}%`;
  if (colour) fill.style.backgroundColor = colour;
  return el("span", { class: "bar", aria: { hidden: "true" } }, fill);
}

const head = (...names) => el("thead", {}, el("tr", {}, ...names.map((name, at) => el("th", { scope: "col", class: at ? "n" : "" }, name))));

/** Classes with IoU and areas, those seen in neither mask left out; best first is not the point, so the order is the data's. */
export function agreement({ compared, classes }) {
  if (compared.miou === null) return el("p", { class: "quiet" }, say("not_compared"));
  const colour = new Map(classes.map((row) => [row.index, row.colour]));
  const rows = compared.classes.map((row) =>
    el("tr", { data: { name: row.name } },
      el("th", { scope: "row" }, swatch(colour.get(row.index)), className(row.name)),
      el("td", { class: "n iou" }, el("div", {}, bar(row.iou * 100), el("span", {}, share(row.iou)))),
      el("td", { class: "n" }, percent(row.truth)),
      el("td", { class: "n" }, percent(row.found))));
  return el("div", { class: "agreement" },
    el("dl", { class: "sums" },
      el("div", {}, el("dt", {}, say("miou")), el("dd", { data: { sum: "miou" } }, share(compared.miou))),
      el("div", {}, el("dt", {}, say("accuracy")), el("dd", { data: { sum: "accuracy" } }, compared.accuracy === null ? "–" : share(compared.accuracy)))),
    el("div", {},
      el("table", { class: "classes" },
        head(say("class"), say("iou"), say("col_truth"), say("col_found")), el("tbody", {}, ...rows)),
      el("p", { class: "quiet" }, say("iou_long"))));
}

/** Classes with the area each covers, largest first. */
export function areas(classes) {
  const seen = classes.filter((row) => row.percent >= 0.05).sort((one, other) => other.percent - one.percent);
  const rows = seen.map((row) =>
    el("tr", { data: { name: row.name } },
      el("th", { scope: "row" }, swatch(row.colour), className(row.name)),
      el("td", { class: "n iou" }, el("div", {}, bar(row.percent, row.colour), el("span", {}, percent(row.percent))))));
  return el("table", { class: "classes areas" }, head(say("class"), say("area")), el("tbody", {}, ...rows));
}
