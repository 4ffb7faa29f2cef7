// What the server told this page: its words, names of classes, datasets. And small helpers that every part uses.

const told = JSON.parse(document.body.dataset.told ?? "{}");
export const language = document.documentElement.lang;
export const datasets = told.datasets ?? [];
/** Whether all that the network knows belongs to one of the eight categories. */
export const comparable = told.comparable ?? true;
export const megabytes = told.megabytes ?? 64;

/** The words of a key, its {fields} filled in. */
export function say(key, values = {}) {
  let text = told.words[key] ?? key;
  for (const [name, value] of Object.entries(values)) text = text.replace(`{${name}}`, String(value));
  return text;
}

/** A class as people read it. */
export const className = (name) => told.classes[name.toLowerCase()] ?? name;

const percents = new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

/** 12.34 (of 100) as “12.3 %” in the page's language. */
export const percent = (value) => percents.format(value / 100);
/** .62 as “62 %”. */
export const share = (value) => whole.format(value);
export const number = (value) => numbers.format(value);

/**
 * An element. Properties: `class`, `on` (event to function), `data` and `aria` (name to value), all else is set on the
 * element itself. Children that are null are left out; texts are never read as HTML.
 */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key === "class") made.className = value;
    else if (key === "on") for (const [event, does] of Object.entries(value)) made.addEventListener(event, does);
    else if (key === "data") Object.assign(made.dataset, value);
    else if (key === "aria") for (const [name, is] of Object.entries(value)) made.setAttribute(`aria-${name}`, is);
    else if (key === "role" || key === "for") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A sentence with what stands in `backticks` as code. */
const worded = (text) => text.split("`").map((part, at) => (at % 2 ? el("code", {}, part) : part));

/** Say something to those who do not see the page. */
export function announce(text) {
  document.getElementById("status").textContent = text;
}

/** Show what went wrong until something else happens; `again` is offered as a button. */
export function complain(fault, again) {
  const place = document.getElementById("alert");
  const button = again ? el("button", { type: "button", on: { click: () => { hush(); again(); } } }, say("again")) : null;
  place.replaceChildren(el("div", { class: "fault" }, el("p", {}, el("b", {}, ...worded(fault.message)), " ", ...worded(fault.what_to_do)), button));
}

/** Take the complaint away. */
export function hush() {
  document.getElementById("alert").replaceChildren();
}
