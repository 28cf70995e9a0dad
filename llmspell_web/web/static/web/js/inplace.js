// Escape leaves a form that was opened in place of a field, as its Cancel does.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.target.closest?.("form[data-inplace]")?.querySelector("[data-cancel]")?.click();
});

// What opens a form looks and answers like a button: also to the space bar.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches?.("a[role=button]")) return;
  event.preventDefault();
  event.target.click();
});

// What was typed stays when it cannot be saved at all: the session is gone, or the server is.
function complain(form, message) {
  form.querySelector("[data-inplace-error]")?.remove();
  const box = document.createElement("p");
  box.className = "message message--error";
  box.dataset.inplaceError = "";
  box.setAttribute("role", "alert");
  box.textContent = message;
  form.prepend(box);
}

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  if (!target.matches("form[data-inplace]") || xhr.status < 400 || xhr.status === 409 || xhr.status === 422) return;
  event.detail.shouldSwap = false;
  const answer = new DOMParser().parseFromString(xhr.responseText, "text/html");
  complain(target, answer.querySelector(".message")?.textContent.trim() || "The server failed. What you typed is kept here.");
});
document.body.addEventListener("htmx:sendError", (event) => {
  if (!event.target.matches?.("form[data-inplace]")) return;
  complain(event.target, "The server cannot be reached. What you typed is kept here: try again in a moment.");
});
