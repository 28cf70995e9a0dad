// Turns a text field of tags ([data-tags]) into single ones: comma or Enter adds, a button or Backspace removes.
// The text field stays what the form sends; Enter in an empty field sends the form.

// Tags as one line of text and back, as sessions/tag_text.py reads and writes them.
function joinTags(tags) {
  return tags.map(quote).join(", ");
}

function quote(tag) {
  const isPlain = tag && tag === tag.trim() && !tag.includes(",") && !tag.startsWith('"');
  return isPlain ? tag : `"${tag.replaceAll('"', '""')}"`;
}

function splitTags(text) {
  const tags = [];
  const pattern = /[\s,]*(?:"((?:[^"]|"")*)(?:"(?!")|$)|([^\s,"][^,]*))/gy;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    tags.push(match[1] === undefined ? match[2].trimEnd() : match[1].replaceAll('""', '"'));
  }
  return tags;
}

function enhance(field) {
  if (field.dataset.tags === "ready") return;
  field.dataset.tags = "ready";
  const hadFocus = field === document.activeElement || field.autofocus;
  let tags = splitTags(field.value);

  const box = document.createElement("div");
  box.className = "tag-box";
  const list = document.createElement("ul");
  list.className = "tag-box__list";
  list.setAttribute("aria-label", "Tags");
  const input = document.createElement("input");
  input.type = "text";
  input.autocomplete = "off";
  input.className = "tag-box__input";
  input.placeholder = "Add a tag";
  input.id = field.id;
  for (const name of ["list", "aria-describedby", "aria-invalid"]) {
    if (field.hasAttribute(name)) input.setAttribute(name, field.getAttribute(name));
  }
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  field.removeAttribute("id");
  field.removeAttribute("autofocus");
  field.type = "hidden";
  field.after(box);
  box.append(list, input, said);

  function keep() {
    field.value = joinTags([...tags, ...splitTags(input.value)]);
  }

  function show() {
    list.replaceChildren(...tags.map((tag) => {
      const item = document.createElement("li");
      item.className = "tag";
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", `Remove the tag ${tag}`);
      button.addEventListener("click", () => remove(tag));
      item.append(tag, button);
      return item;
    }));
    list.hidden = !tags.length;
    keep();
  }

  function add(text) {
    const added = splitTags(text).filter((tag) => !tags.includes(tag));
    tags = [...tags, ...added];
    input.value = "";
    if (added.length) said.textContent = `Added ${added.join(", ")}`;
    show();
  }

  function remove(tag) {
    tags = tags.filter((other) => other !== tag);
    said.textContent = `Removed ${tag}`;
    show();
    input.focus();
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const isComma = event.key === "," && !input.value.trimStart().startsWith('"');
    if (input.value.trim() && (event.key === "Enter" || isComma)) {
      event.preventDefault();
      add(input.value);
    } else if (event.key === "," && !input.value.trim()) {
      event.preventDefault();
    } else if (event.key === "Backspace" && !input.value && tags.length) {
      remove(tags.at(-1));
    }
  });
  input.addEventListener("input", keep);
  show();
  if (hadFocus) input.focus();
}

function enhanceAll(root) {
  for (const field of root.querySelectorAll("input[data-tags]")) enhance(field);
}

enhanceAll(document);
document.addEventListener("htmx:load", (event) => enhanceAll(event.detail.elt.parentElement ?? document));
