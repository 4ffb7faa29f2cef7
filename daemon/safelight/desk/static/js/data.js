// Datasets: a list of pictures on one side, the chosen one with its true and predicted mask on the other.

import { ask, unpacked } from "./api.js";
import { apply, slider } from "./opacity.js";
import { pane } from "./pane.js";
import { agreement, areas } from "./tables.js";
import { announce, comparable, complain, datasets, el, hush, number, say } from "./told.js";

const PAGE = 60;
let shown = { name: "", split: "", contains: "", comparable: true };
let running = null;
let kept = null;

const here = (name, split, id) => `#/data/${[name, split, id].filter((part) => part !== undefined).map(encodeURIComponent).join("/")}`;

/** Show what the address says: [name, split, id], any of them left out. */
export async function show(content, [name = datasets[0], split = "", id]) {
  if (!datasets.length) {
    content.replaceChildren(el("div", { class: "empty" }, el("h1", {}, say("no_data")), el("p", {}, say("no_data_how")),
      el("p", {}, el("a", { class: "button", href: "#/own" }, say("tab_own")))));
    return;
  }
  if (!content.querySelector(".shelf") || shown.name !== name || (split && shown.split !== split)) {
    shown = { name, split, contains: "", comparable: true };
    if (!(await frame(content))) return;
  }
  choose(content, id);
}

/** The list and an empty place beside it; false when there is no list. */
async function frame(content) {
  const list = el("ol", { class: "thumbs", aria: { label: say("list") }, on: { keydown: walk } });
  const more = el("button", { type: "button", class: "plain more" }, say("more"));
  const last = el("li", { class: "last" }, more);
  const count = el("p", { class: "quiet count" });
  const search = el("input", { type: "search", id: "search", placeholder: say("search"), aria: { label: say("search") } });
  const tools = el("div", { class: "tools" });
  content.replaceChildren(
    el("div", { class: "desk" },
      el("aside", { class: "shelf", aria: { label: say("list") } }, tools, search, count, list),
      el("section", { class: "viewer", aria: { label: say("picture") } }, el("p", { class: "empty" }, say("choose")))));
  const fill = async (address) => {
    const told = await ask(address);
    last.remove();
    for (const row of told.images) list.append(item(told, row));
    if (told.next) list.append(last);
    count.textContent = told.total === 1 ? say("pictures_one") : told.total ? say("pictures", { n: number(told.total) }) : say("none_found");
    more.onclick = () => fill(told.next).catch(complain);
    mark(content);
    return told;
  };
  // whoever scrolls to the end wants more
  new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && more.click(), { root: list }).observe(last);
  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      shown.contains = search.value;
      list.replaceChildren();
      fill(first()).catch(complain);
    }, 250);
  });
  try {
    const told = await fill(first());
    Object.assign(shown, { split: told.split, comparable: told.comparable, divided: told.splits.length > 1 });
    tools.append(...choosers(told));
    return true;
  } catch (fault) {
    content.querySelector(".viewer").replaceChildren();
    complain(fault, () => frame(content));
    return false;
  }
}

const first = () => `/api/datasets/${shown.name}/images?${new URLSearchParams({ split: shown.split, limit: PAGE, contains: shown.contains })}`;

function choosers(told) {
  const made = [];
  if (datasets.length > 1) {
    const select = el("select", { id: "dataset", on: { change: () => { location.hash = here(select.value); } } },
      ...datasets.map((name) => el("option", { value: name, selected: name === told.dataset }, name)));
    made.push(el("label", { class: "field" }, el("span", {}, say("dataset")), select));
  }
  if (told.splits.length > 1) {
    const word = (split) => (["test", "train", "val"].includes(split) ? say(`part_${split}`) : split);
    made.push(el("div", { class: "parts", role: "group", aria: { label: say("part") } }, ...told.splits.map((split) =>
      el("a", { href: here(told.dataset, split), aria: { current: String(split === told.split) } }, word(split)))));
  }
  return made;
}

function item(told, row) {
  const link = el("a", { href: here(told.dataset, told.split, row.id), data: { id: row.id }, title: row.id },
    el("img", { src: `${row.image}&size=160`, alt: "", loading: "lazy", decoding: "async", width: 64, height: 48 }),
    el("span", {}, row.id));
  return el("li", {}, link);
}

/** Up and down go through the list, like left and right; Home and End to its ends. */
function walk(event) {
  const links = [...event.currentTarget.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (at < 0 || to === undefined || !links[to]) return;
  event.preventDefault();
  links[to].focus();
}

function mark(content) {
  for (const link of content.querySelectorAll(".thumbs a")) link.setAttribute("aria-current", String(link.dataset.id === kept));
}

function choose(content, id) {
  kept = id ?? content.querySelector(".thumbs a")?.dataset.id;
  mark(content);
  content.querySelector('.thumbs a[aria-current="true"]')?.scrollIntoView({ block: "nearest", inline: "center" });
  if (kept !== undefined) view(content, shown.name, shown.split, kept);
}

/** The three pictures, the slider, and how well they agree. */
async function view(content, name, split, id) {
  running?.abort();
  running = new AbortController();
  hush();
  const base = `/api/datasets/${name}/images/${encodeURIComponent(id)}`;
  const part = `split=${encodeURIComponent(split)}`;
  const photo = `${base}?${part}&size=1600`;
  // classes that are none of the eight categories are shown as they are, with legends of their own
  const eight = comparable && shown.comparable && words() === "categories" ? "&categories=8" : "";
  const found = ask(`${base}/prediction?${part}${eight}`, running.signal);
  const address = found.then((told) => unpacked(told.labels));
  const own = eight ? null : ask(`${base}/mask?${part}`, running.signal);
  const truth = own ? own.then((told) => unpacked(told.labels)) : `${base}/mask?${part}${eight}`;
  const predicted = pane(say("prediction"), photo, address, "prediction");
  predicted.note.textContent = say("working");
  const result = el("section", { class: "result", aria: { live: "polite" } });
  content.querySelector(".viewer").replaceChildren(
    el("header", { class: "over" }, el("h1", {}, id), steps(content, id)),
    el("div", { class: "panes" },
      pane(say("picture"), photo, null, "picture").figure,
      pane(say("truth"), photo, truth, "truth").figure,
      predicted.figure),
    el("div", { class: "controls" }, slider(), comparable && shown.comparable ? vocabulary(() => view(content, name, split, id)) : ""),
    split === "train" && shown.divided ? el("p", { class: "note" }, say("training_note")) : "",
    result);
  try {
    const [told, drawn] = await Promise.all([found, own]);
    predicted.note.textContent = say("looked", { s: number(told.seconds) });
    result.replaceChildren(el("h2", {}, say("how_well")), agreement(told), drawn && !covered(told, drawn) ? legends(told, drawn) : "");
    apply();
  } catch (fault) {
    if (fault.name === "AbortError") return;
    predicted.note.textContent = "";
    complain(fault, () => view(content, name, split, id));
    announce(fault.message);
  }
}

const words = () => sessionStorage.getItem("words") ?? "categories";

/** Eight categories, or the classes of network and data themselves. */
function vocabulary(changed) {
  const choice = (value) => el("button", {
    type: "button", class: "choice", aria: { pressed: String(words() === value) },
    on: { click: () => { sessionStorage.setItem("words", value); changed(); } },
  }, say(`words_${value}`));
  return el("div", { class: "parts", role: "group", aria: { label: say("class") } }, choice("categories"), choice("classes"));
}

/** Whether the table of agreement names every class that is seen in either mask, so that it is legend enough. */
function covered(told, drawn) {
  const named = new Set(told.compared.classes.map((row) => row.name));
  return [...told.classes, ...drawn.classes].every((row) => row.percent < 0.05 || named.has(row.name));
}

/** Two legends for two sets of classes: what the network sees, and what people labelled. */
function legends(told, drawn) {
  return el("div", { class: "legends" },
    el("section", {}, el("h2", {}, say("drawn")), areas(drawn.classes)),
    el("section", {}, el("h2", {}, say("seen")), areas(told.classes)));
}

function steps(content, id) {
  const links = [...content.querySelectorAll(".thumbs a")];
  const at = links.findIndex((link) => link.dataset.id === id);
  const to = (step, label, sign) => el("a", {
    class: "step", aria: { label, disabled: String(!links[at + step]) }, title: label, href: links[at + step]?.hash,
  }, sign);
  return at < 0 ? null : el("span", { class: "steps" }, to(-1, say("previous"), "‹"), to(1, say("next"), "›"));
}
