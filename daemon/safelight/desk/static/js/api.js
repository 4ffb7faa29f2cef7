// Asking the desk. Every failure becomes one kind of error, with the words the server gave.

import { comparable, language, say } from "./told.js";

export class Fault extends Error {
  constructor({ code, message, what_to_do }) {
    super(message);
    Object.assign(this, { code, what_to_do });
  }
}

const unreached = () => new Fault({ code: "unreached", message: say("unreached"), what_to_do: say("unreached_do") });

/** JSON of an address; raises Fault. A busy desk is asked again a few times. */
export async function ask(address, signal) {
  for (let turn = 0; ; turn += 1) {
    let answer;
    try {
      answer = await fetch(address, { signal, headers: { Accept: "application/json", "Accept-Language": language } });
    } catch (fault) {
      if (fault.name === "AbortError") throw fault;
      throw unreached();
    }
    if (answer.ok) return answer.json();
    if (answer.status === 429 && turn < 5) {
      await new Promise((go) => setTimeout(go, 1000 * Number(answer.headers.get("Retry-After") ?? 2)));
      continue;
    }
    throw new Fault(await worded(() => answer.json()));
  }
}

async function worded(read) {
  try {
    return (await read()).error;
  } catch {
    return unreached();
  }
}

/**
 * Send a picture; `progress` hears the share sent, 0–1. Returns {result, cancel}: result resolves to the JSON or rejects with
 * a Fault, or with null when cancelled. (fetch cannot tell how much was sent.)
 */
export function send(file, progress) {
  const request = new XMLHttpRequest();
  const result = new Promise((done, failed) => {
    request.open("POST", `/api/segment?parts=labels,preview${comparable ? "&categories=8" : ""}`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Accept-Language", language);
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener("load", async () => {
      if (request.status === 200) done(JSON.parse(request.responseText));
      else failed(new Fault(await worded(() => JSON.parse(request.responseText))));
    });
    request.addEventListener("error", () => failed(unreached()));
    request.addEventListener("abort", () => failed(null));
    const form = new FormData();
    form.append("picture", file);
    request.send(form);
  });
  return { result, cancel: () => request.abort() };
}

/** A file inside JSON as an address for an <img>; to be let go with URL.revokeObjectURL. */
export function unpacked({ type, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type }));
}
