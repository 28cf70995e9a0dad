// Files dropped on [data-drop] are announced there: "upload:files" with [{file, refusal}]. One that misses it does not
// make the browser leave the page for the file.
const zone = document.querySelector("[data-drop]");

const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");

function readFiles({ items }) {
  return [...items].filter((item) => item.kind === "file").map((item) => {
    const isFolder = item.webkitGetAsEntry?.()?.isDirectory;
    return { file: item.getAsFile(), refusal: isFolder ? "This is a folder: drop the files that are in it." : "" };
  });
}

window.addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  const inside = zone.contains(event.target);
  event.dataTransfer.dropEffect = inside ? "copy" : "none";
  zone.classList.toggle("is-dropping", inside);
});
window.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) zone.classList.remove("is-dropping");
});
window.addEventListener("drop", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  zone.classList.remove("is-dropping");
  if (!zone.contains(event.target)) return;
  zone.dispatchEvent(new CustomEvent("upload:files", { detail: readFiles(event.dataTransfer), bubbles: true }));
});
