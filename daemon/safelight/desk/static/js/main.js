// The start page: which of its two parts is shown stands behind the # of the address, so that links and Back work.

import * as data from "./data.js";
import * as own from "./own.js";
import { keepPlace } from "./plain.js";
import { complain, datasets, hush, say } from "./told.js";

const content = document.getElementById("content");
const title = document.title;

function route() {
  const [tab, ...rest] = location.hash.replace(/^#\//, "").split("/").map(decode);
  return tab === "own" || (!datasets.length && tab !== "data") ? ["own", []] : ["data", rest.map((part) => part || undefined)];
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function go() {
  const [tab, rest] = route();
  hush();
  for (const link of document.querySelectorAll("[data-tab]")) {
    if (link.dataset.tab === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  content.dataset.shows = tab;
  keepPlace();
  document.title = [tab === "own" ? say("tab_own") : rest[2], title].filter(Boolean).join(" – ");
  if (tab === "own") own.show(content);
  else data.show(content, rest).catch(complain);
}

own.listen(content, () => content.dataset.shows === "own");
addEventListener("hashchange", go);
go();
