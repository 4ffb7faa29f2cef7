// A link on another site was followed: go on from here, where the strict cookie counts, to the same place. What stands behind
// the # is known to the browser only; another address than this one makes it a real step and no jump within the page.

const address = new URL(document.body.dataset.address, location.origin);
address.searchParams.set("entered", "");
address.hash = location.hash;
location.replace(address);
