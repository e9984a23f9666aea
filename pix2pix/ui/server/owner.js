// A page that was opened with the console's link sends what the link holds, and is then the owner's.
(() => {
  const page = document.documentElement;
  const open = async () => {
    const token = /^#owner=(.+)$/.exec(location.hash)?.[1];
    if (!token) return;
    history.replaceState(null, "", location.pathname + location.search);
    if (page.classList.contains("p2p-owner")) return;
    const answer = await fetch("owner", { method: "POST", body: token }).catch(() => null);
    if (answer?.ok) location.reload(); // the drawing is kept, see keep.js
    else page.classList.add("p2p-refused");
  };
  addEventListener("hashchange", open); // the link was pasted into a page that is open
  open();
})();
