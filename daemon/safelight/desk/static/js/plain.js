// On every page: the other language opens at the same place.

/** Give the language link the place that is shown. */
export function keepPlace() {
  const link = document.querySelector("[data-language]");
  if (link) link.hash = location.hash;
}

keepPlace();
