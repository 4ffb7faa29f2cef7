// On every page: the other language opens at the same place, and the address holds nothing that only served the way in.

/** Give the language link the place that is shown. */
export function keepPlace() {
  const link = document.querySelector("[data-language]");
  if (link) link.hash = location.hash;
}

const address = new URL(location.href);
if (address.searchParams.has("entered")) {
  address.searchParams.delete("entered");
  history.replaceState(null, "", address);
}
keepPlace();
