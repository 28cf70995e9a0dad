// Moves the divider between two pictures along with its slider; the address keeps where it was left.
for (const form of document.querySelectorAll("[data-swipe]")) {
  const slider = form.querySelector("[data-swipe-at]");
  const parts = form.querySelectorAll("[data-swipe-set]");
  const move = () => {
    for (const part of parts) {
      for (const name of part.dataset.swipeSet.split(" ")) part.setAttribute(name, `${slider.value}%`);
    }
  };
  slider.addEventListener("input", move);
  slider.addEventListener("change", () => {
    const url = new URL(location.href);
    url.searchParams.set("at", slider.value);
    history.replaceState(history.state, "", url);
  });
  move();
}
